"""Settings: `FLOWZERO_*` environment variables, a `.env` file, or keyword arguments, in rising precedence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from flowzero.dss import explain
from flowzero.errors import SettingsError

SMALL_PLANNER = "small-planner"
"""As the model's name: the small language model that this package brings the adapter of, served within the process."""


class Settings(BaseSettings):
    """Everything that can be configured, with defaults that need neither GPU nor language model nor network."""

    model_config = SettingsConfigDict(env_prefix="FLOWZERO_", env_file=".env", extra="ignore", frozen=True)

    llm_base_url: str | None = Field(None, description="an OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1")
    llm_model: str | None = Field(None, description="the model's name, or small-planner; without one the built-in mind plans")
    small_planner: Literal["auto", "off"] = Field(
        "auto", description="whether the small planner, where it is on this machine, reads prompts beside the built-in mind"
    )
    llm_api_key: SecretStr | None = None
    llm_timeout: Annotated[float, Field(gt=0, le=3600)] = Field(60.0, description="seconds for one request")
    llm_retries: Annotated[int, Field(ge=0, le=10)] = Field(2, description="tries after the first failed request")
    llm_temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    llm_max_tokens: Annotated[int, Field(ge=64, le=100_000)] = 4000
    llm_fallback: bool = Field(False, description="let the built-in mind plan when the language model fails")
    llm_input_price: Annotated[float, Field(ge=0)] | None = Field(None, description="US dollars a million input tokens")
    llm_output_price: Annotated[float, Field(ge=0)] | None = Field(None, description="US dollars a million output tokens")

    threshold: Annotated[float, Field(gt=0, le=1)] = Field(0.9, description="λ: stop refining when C reaches it")
    max_rounds: Annotated[int, Field(ge=1, le=20)] = Field(4, description="iteration limit of the refinement loop")
    max_tokens: Annotated[int, Field(ge=0)] | None = Field(None, description="token budget of one plan")
    max_seconds: Annotated[float, Field(gt=0)] | None = Field(None, description="time budget of one plan")

    seconds: Annotated[float, Field(gt=0, le=600)] = Field(2.0, description="length of a new plan")
    fps: Annotated[float, Field(gt=0, le=120)] = 8.0

    backbone: str = Field("embedded", description="embedded, a hub id, or a folder with a GLIGEN checkpoint")
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    home: Path = Field(Path("~/.flowzero"), description="where plans, jobs and downloaded models are kept")
    videos: Path | None = Field(None, description="where servers write videos; the folder `videos` in `home` when not given")
    mcp_token: SecretStr | None = Field(None, description="what clients of the MCP server on HTTP must show")

    @property
    def home_dir(self) -> Path:
        """`home` with ~ expanded."""
        return self.home.expanduser()

    @property
    def videos_dir(self) -> Path:
        """`videos` with ~ expanded, or its default."""
        return self.videos.expanduser() if self.videos else self.home_dir / "videos"


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, with keyword arguments on top; arguments that are None count as not given.

    Raises:
        SettingsError: naming the variable and the range it must lie in.
    """
    try:
        return Settings(**{key: value for key, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(f"setting FLOWZERO_{explain(error)}") from None
