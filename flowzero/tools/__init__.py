"""The faces of FlowZero: command line, MCP server, LangChain tools. They hold no logic."""
