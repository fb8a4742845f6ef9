"""Cannot be imported."""

import no_such_package_at_all  # noqa: F401 - on purpose
