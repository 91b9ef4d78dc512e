namespace ExperimentFramework.DataPlane;

/// <summary>
/// A background loop on a thread of its own. Callers may block every thread of the pool while they wait for room, and the loops that make room must
/// not need one. It does not carry on the activity and async locals of the caller that starts it.
/// </summary>
internal sealed class WorkerThread
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<WorkerThread> _loop;
    private Task? _awaited;

    private WorkerThread(Action<WorkerThread> loop) => _loop = loop;

    /// <summary>Ends when the loop has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the loop has ended, or waits for something that has not happened.</summary>
    public bool IsResting => _ended.Task.IsCompleted || Volatile.Read(ref _awaited) is { IsCompleted: false };

    public static WorkerThread Start(string name, Action<WorkerThread> loop)
    {
        var worker = new WorkerThread(loop);
        new Thread(worker.Run) { IsBackground = true, Name = $"DataPlane {name}" }.UnsafeStart();
        return worker;
    }

    /// <summary>For the loop: waits until the task has ended, and throws what it threw.</summary>
    /// <param name="task">What is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the task ended.</exception>
    public void Wait(Task task, CancellationToken cancellationToken = default)
    {
        if (!task.IsCompleted)
        {
            WaitForEnd(task, cancellationToken);
        }

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
            // The caller throws it as what it is.
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
            // Each loop answers for what it meets; this keeps what it could not from ending the process.
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
