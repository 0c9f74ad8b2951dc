#!/bin/sh
# Passes on what the unit tests print, and says the failures again at the end: where only the end
# of a log is kept, they are in it.
exec awk '
    { print; fflush() }
    /^[^[:alnum:]]*(✘|↳)/ && (/✘/ || isFailure) { failures = failures $0 "\n"; isFailure = 1; next }
    { isFailure = 0 }
    /Fatal error|Program crashed/ { failures = failures $0 "\n" }
    END { if (failures != "") printf "\nWhat failed, again:\n%s", failures }
'
