"""What can go wrong, as one tree.

    FlowZeroError
    ├── InputError              the caller's: change the input            exit code 2
    │   ├── PromptError         a prompt or an instruction
    │   ├── PlanError           a DSS, a plan or an edit
    │   ├── OutputError         a path that exists, or cannot be written
    │   ├── SettingsError       a setting or an option
    │   └── MissingExtraError   an optional dependency is not installed
    ├── LLMError                the language model's                      exit code 4
    │   ├── LLMUnavailableError no answer: connection, key, quota; try later
    │   ├── LLMTimeoutError     no answer in time; try again or raise the timeout
    │   └── LLMReplyError       an answer that holds no plan; try again
    └── RenderError             the renderer's                            exit code 5
        ├── BackboneError       a checkpoint that is missing, corrupt or of another kind
        ├── ResourceError       memory or disk ran out
        ├── EncodingError      a video file could not be written
        └── RenderCancelledError     somebody asked to stop

Every message is one sentence for a person, and says what to do next.
"""

from __future__ import annotations


class FlowZeroError(Exception):
    """Base of everything that FlowZero raises on purpose."""

    exit_code = 1


class InputError(FlowZeroError):
    """The caller's input cannot be used; the message names what to change."""

    exit_code = 2


class PromptError(InputError):
    """A prompt or a revision instruction that cannot be planned from."""


class PlanError(InputError):
    """A DSS, plan file or edit that is not valid; the message names the field and the remedy."""


class OutputError(InputError):
    """An output path that already exists or cannot be written."""


class SettingsError(InputError):
    """A setting or an option out of its range."""


class MissingExtraError(InputError):
    """An optional dependency is not installed; the message names the extra."""


class LLMError(FlowZeroError):
    """The language model did not deliver a plan."""

    exit_code = 4


class LLMUnavailableError(LLMError):
    """The endpoint could not be reached or refused the request."""


class LLMTimeoutError(LLMError):
    """The endpoint did not answer in time."""


class LLMReplyError(LLMError):
    """The endpoint answered, and the answer holds no usable plan."""


class RenderError(FlowZeroError):
    """A plan could not be turned into a video."""

    exit_code = 5


class BackboneError(RenderError):
    """A checkpoint that is missing, corrupt, or not a layout-grounded diffusion model."""


class ResourceError(RenderError):
    """Memory or disk space ran out."""


class EncodingError(RenderError):
    """Frames could not be encoded into a file."""


class RenderCancelledError(RenderError):
    """The render was stopped by request; nothing half-written is left."""
