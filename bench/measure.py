"""Wall time and memory of programs: medians of interleaved runs, and the memory of a whole process tree."""

import os
import statistics
import subprocess
import tempfile
import threading
import time

SAMPLE_SECONDS = 0.004


class Timing:
    """What a process took: by the clock on the wall, and of processors, its children included. The second tells
    on a machine that is busy with other things."""

    def __init__(self, wall, cpu):
        self.wall, self.cpu = wall, cpu


def run(command, env=None, accepted=(0, 1, 3)):
    """The timing of one start and end, and standard output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        actions = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, complaints.fileno(), 2)]
        began = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, env or os.environ, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        timing = Timing(time.perf_counter() - began, usage.ru_utime + usage.ru_stime)
        if os.waitstatus_to_exitcode(status) not in accepted:
            complaints.seek(0)
            raise OSError("%s: %s" % (" ".join(command[:3]), complaints.read().decode(errors="replace")[-400:]))
        out.seek(0)
        return timing, out.read()


def interleave(times, *measures):
    """Calls each of the measures in turn, times times; returns the medians of each."""
    values = [[] for _ in measures]
    for _ in range(times):
        for i, measure in enumerate(measures):
            values[i].append(measure())
    return [Timing(statistics.median(t.wall for t in v), statistics.median(t.cpu for t in v)) for v in values]


def children(pid):
    found = []
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, task)) as file:
                found += [int(child) for child in file.read().split()]
    except OSError:
        pass
    return found


def tree(pid):
    pids = [pid]
    for child in children(pid):
        pids += tree(child)
    return pids


def pss_bytes(pid):
    """Proportional: a page that two processes share counts half in each, so that the sum is what is used."""
    try:
        with open("/proc/%d/smaps_rollup" % pid) as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Sampler(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.is_over = pid, 0, False

    def run(self):
        while not self.is_over:
            self.peak = max(self.peak, sum(pss_bytes(pid) for pid in tree(self.pid)))
            time.sleep(SAMPLE_SECONDS)


def peak_bytes(command, env=None):
    """The most memory that the process and its children hold at a time; sampling slows them, so this is a run
    apart from those that are timed."""
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sampler = Sampler(process.pid)
    sampler.start()
    process.wait()
    sampler.is_over = True
    sampler.join()
    return sampler.peak
