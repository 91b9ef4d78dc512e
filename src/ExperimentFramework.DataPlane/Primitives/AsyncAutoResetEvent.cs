using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>Wakes the one worker that waits on it. Setting it again before the worker has woken changes nothing and costs a read.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Callers may still set it at the end, and it holds no handle.")]
internal sealed class AsyncAutoResetEvent
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _isSet;

    public void Set()
    {
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            _semaphore.Release();
        }
    }

    /// <summary>For the worker: waits on its thread until the signal is set.</summary>
    public void Wait(WorkerThread worker)
    {
        worker.Wait(_semaphore.WaitAsync());

        // A full fence: what was done before a Set that finds the signal still set is seen by the worker from here on.
        Interlocked.Exchange(ref _isSet, 0);
    }
}
