"""Wall time and memory of programs: medians of interleaved runs, and the memory of a whole process tree."""

import os
import statistics
import subprocess
import threading
import time

SAMPLE_SECONDS = 0.004


def run(command, env=None, may_fail=True):
    """Seconds and standard output."""
    began = time.monotonic()
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    seconds = time.monotonic() - began
    if done.returncode not in (0, 1, 3) and not may_fail:
        raise OSError("%s: %s" % (command[0], done.stderr.decode(errors="replace")[-300:]))
    return seconds, done.stdout


def spawn_seconds(command, env):
    """The time of one start and end, without Python's own preparations."""
    null = os.open(os.devnull, os.O_RDWR)
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, env,
                         file_actions=[(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)])
    os.waitpid(pid, 0)
    seconds = time.perf_counter() - began
    os.close(null)
    return seconds


def interleave(times, *measures):
    """Calls each of the measures in turn, times times; returns the median of each."""
    values = [[] for _ in measures]
    for _ in range(times):
        for i, measure in enumerate(measures):
            values[i].append(measure())
    return [statistics.median(v) for v in values]


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
