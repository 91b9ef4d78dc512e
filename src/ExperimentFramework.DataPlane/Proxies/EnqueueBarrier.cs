using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// Combines the result of an asynchronous call with an event that may be waiting for capacity: the result completes when both have.
/// For generated code, and therefore without overloads, which the compiler would have to resolve at every call of every proxy.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public static class EnqueueBarrier
{
    /// <summary>Waits for the task and the event.</summary>
    /// <param name="task">The variant's task.</param>
    /// <param name="enqueued">The event's task; null if the event is not waiting.</param>
    /// <returns>The variant's own task if the event is not waiting.</returns>
    [return: NotNullIfNotNull(nameof(task))]
    public static Task? WhenTask(Task? task, Task? enqueued) => enqueued is null || task is null ? task : BothAsync(task, enqueued).Unwrap();

    /// <summary>Waits for the task and the event.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="task">The variant's task.</param>
    /// <param name="enqueued">The event's task; null if the event is not waiting.</param>
    /// <returns>The variant's own task if the event is not waiting.</returns>
    [return: NotNullIfNotNull(nameof(task))]
    public static Task<TResult>? WhenTaskOf<TResult>(Task<TResult>? task, Task? enqueued) =>
        enqueued is null || task is null ? task : BothAsync(task, enqueued).Unwrap();

    /// <summary>Waits for the task and the event.</summary>
    /// <param name="task">The variant's task.</param>
    /// <param name="enqueued">The event's task; null if the event is not waiting.</param>
    /// <returns>The variant's own task if the event is not waiting.</returns>
    public static ValueTask WhenValueTask(ValueTask task, Task? enqueued) => enqueued is null ? task : new ValueTask(BothAsync(task.AsTask(), enqueued).Unwrap());

    /// <summary>Waits for the task and the event.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="task">The variant's task.</param>
    /// <param name="enqueued">The event's task; null if the event is not waiting.</param>
    /// <returns>The variant's own task if the event is not waiting.</returns>
    public static ValueTask<TResult> WhenValueTaskOf<TResult>(ValueTask<TResult> task, Task? enqueued) =>
        enqueued is null ? task : new ValueTask<TResult>(BothAsync(task.AsTask(), enqueued).Unwrap());

    /// <summary>Waits for the event before the first element.</summary>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="stream">The variant's stream.</param>
    /// <param name="enqueued">The event's task; null if the event is not waiting.</param>
    /// <returns>The variant's own stream if the event is not waiting.</returns>
    [return: NotNullIfNotNull(nameof(stream))]
    public static IAsyncEnumerable<TItem>? WhenStream<TItem>(IAsyncEnumerable<TItem>? stream, Task? enqueued) =>
        enqueued is null || stream is null ? stream : new EnqueuedStream<TItem>(stream, enqueued);

    /// <summary>Returns the variant's own task when both have ended, so that the caller sees its state and all of its exceptions.</summary>
    private static async Task<TTask> BothAsync<TTask>(TTask task, Task enqueued)
        where TTask : Task
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await enqueued.ConfigureAwait(false);
        return task;
    }

    private sealed class EnqueuedStream<TItem>(IAsyncEnumerable<TItem> stream, Task enqueued) : IAsyncEnumerable<TItem>
    {
        public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await enqueued.ConfigureAwait(false);
            await foreach (var item in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }
}
