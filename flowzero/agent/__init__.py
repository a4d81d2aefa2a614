"""The LangGraph state machine that plans: planner, critic, fixer."""
