# Runs in the machine, once for each user: the tests of limits, faults and killed parents.
cd /project || exit 1
# The disk is as small as its Debian; memory has room for the data.
export DFBENCH_CACHE="/tmp/cache of $(id --user --name)"
failed=0
echo "== $(id --user --name) in $(cut --delimiter=: --fields=3 /proc/self/cgroup)"
python3 -c 'from dfbench.execution.limits import choose_backend as choose; print(choose().name, *choose().launcher)'
python3 -m pytest --color=no -p no:cacheprovider -k 'not cgroup1 and not watchdog and not none' \
    tests/comparison/test_two_limits.py tests/execution/test_faults.py || failed=1
python3 -m pytest --color=no -p no:cacheprovider -k 'parent or cgroup2' \
    tests/execution/test_runs.py || failed=1
python3 -m tests.faults 6 6 --backend cgroup2 || failed=1
exit $failed
