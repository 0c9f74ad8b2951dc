"""What Schemathesis shall do besides: use names that are there, and see to it that an operation
that asks for a token does nothing without one. `fuzz.py` says which by the environment."""

import json
import os

import schemathesis

NAMES = json.loads(os.environ.get("FUZZ_NAMES", "{}"))


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the cases ask for what is there; the others for what was made up."""
    if path_parameters and len(str(path_parameters)) % 2 == 0:
        for name in set(NAMES) & set(path_parameters):
            path_parameters[name] = NAMES[name]
    return path_parameters


@schemathesis.check
def nothing_without_a_token(context, response, case):
    """A path or a verb that is not there may be told before anybody is asked for a token."""
    if case.operation.definition.raw.get("security") and response.status_code < 400:
        raise AssertionError(f"{response.status_code} without a token")
