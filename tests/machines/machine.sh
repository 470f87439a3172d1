# Runs in the machine as root: the checks as root, then in a session of an ordinary user.
mkdir /libraries /told
mount -t hostfs -o ro,"$DFBENCH_LIBRARIES" none /libraries
mount -t hostfs -o "$DFBENCH_TOLD" none /told
mount -t tmpfs -o mode=1777 tmpfs /tmp
export PYTHONPATH=/told/dfbench:/libraries PYTHONDONTWRITEBYTECODE=1 HOME=/root
failed=0

check() {
    echo "== $*"
    "$@" || failed=1
}

echo "Linux $(uname -r), $(systemctl --version | head -n 1), $(stat -fc %T /sys/fs/cgroup)"
check systemd-run --quiet --scope --property=MemoryMax=400M python3 -c '
from dfbench.execution import machine
assert machine.find_usable_memory() == (400 * 2**20, "container"), machine.find_usable_memory()'
# Without a session there is no manager to ask, and no group that may be written.
check runuser --user somebody -- python3 -c '
from dfbench.execution.limits import choose_backend
assert choose_backend().name == "watchdog", choose_backend()'
check sh /project/tests/machines/checks.sh
# A login as ssh makes it: systemd-run --user then asks the user's own manager for a scope.
check systemd-run --quiet --wait --pipe --uid=somebody --property=PAMName=login \
    --setenv=PYTHONPATH --setenv=PYTHONDONTWRITEBYTECODE sh /project/tests/machines/checks.sh
echo $failed >/told/failed
