namespace ExperimentFramework.DataPlane;

/// <summary>
/// Runs a background loop on its own thread. Callers may block all threads of the pool while they wait for capacity, so the loops that free capacity must
/// not need one of them. It does not inherit the activity and async locals of the caller that starts it.
/// </summary>
internal sealed class WorkerThread
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<WorkerThread> _loop;
    private Task? _awaited;

    private WorkerThread(Action<WorkerThread> loop) => _loop = loop;

    /// <summary>A task that completes when the loop has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the loop has ended or is waiting for something that has not happened yet.</summary>
    public bool IsResting => _ended.Task.IsCompleted || Volatile.Read(ref _awaited) is { IsCompleted: false };

    public static WorkerThread Start(string name, Action<WorkerThread> loop)
    {
        var worker = new WorkerThread(loop);
        new Thread(worker.Run) { IsBackground = true, Name = $"DataPlane {name}" }.UnsafeStart();
        return worker;
    }

    /// <summary>Blocks the loop until the task has completed, and rethrows its exception.</summary>
    /// <param name="task">The task to wait for.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="OperationCanceledException">The token was canceled before the task completed.</exception>
    public void Wait(Task task, CancellationToken cancellationToken = default)
    {
        if (!task.IsCompleted)
        {
            WaitForEnd(task, cancellationToken);
        }

        // Completed, so this does not block.
        task.GetAwaiter().GetResult();
    }

    private void WaitForEnd(Task task, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _awaited, task);
        try
        {
            task.Wait(cancellationToken);
        }
        catch (AggregateException)
        {
            // The caller rethrows the original exception.
        }
        finally
        {
            Volatile.Write(ref _awaited, null);
        }
    }

    private void Run()
    {
        try
        {
            _loop(this);
        }
        catch (Exception)
        {
            // Each loop handles its own exceptions; this keeps any other exception from ending the process.
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
