using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane;

/// <summary>Wakes the only worker that waits on it. Setting it again before the worker has woken has no effect and costs one read.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Callers may still set it after the end, and it holds no handle.")]
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

    /// <summary>Blocks the worker's thread until the event is set.</summary>
    public void Wait(WorkerThread worker)
    {
        worker.Wait(_semaphore.WaitAsync());

        // A full fence: the worker now sees everything that was done before a Set that found the event still set.
        Interlocked.Exchange(ref _isSet, 0);
    }
}
