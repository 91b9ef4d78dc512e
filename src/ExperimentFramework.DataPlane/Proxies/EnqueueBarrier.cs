using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// The result of an asynchronous call whose event may be waiting for room: it comes when both have ended. For generated code, and
/// so without overloads: every proxy would have the compiler choose among them at every call.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public static class EnqueueBarrier
{
    /// <summary>Waits for the event too.</summary>
    /// <param name="task">The variant's task.</param>
    /// <param name="queued">The event's; null where it does not wait.</param>
    /// <returns>The variant's own task where the event does not wait.</returns>
    [return: NotNullIfNotNull(nameof(task))]
    public static Task? WhenTask(Task? task, Task? queued) => queued is null || task is null ? task : BothAsync(task, queued).Unwrap();

    /// <summary>Waits for the event too.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="task">The variant's task.</param>
    /// <param name="queued">The event's; null where it does not wait.</param>
    /// <returns>The variant's own task where the event does not wait.</returns>
    [return: NotNullIfNotNull(nameof(task))]
    public static Task<TResult>? WhenTaskOf<TResult>(Task<TResult>? task, Task? queued) =>
        queued is null || task is null ? task : BothAsync(task, queued).Unwrap();

    /// <summary>Waits for the event too.</summary>
    /// <param name="task">The variant's task.</param>
    /// <param name="queued">The event's; null where it does not wait.</param>
    /// <returns>The variant's own task where the event does not wait.</returns>
    public static ValueTask WhenValueTask(ValueTask task, Task? queued) => queued is null ? task : new ValueTask(BothAsync(task.AsTask(), queued).Unwrap());

    /// <summary>Waits for the event too.</summary>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="task">The variant's task.</param>
    /// <param name="queued">The event's; null where it does not wait.</param>
    /// <returns>The variant's own task where the event does not wait.</returns>
    public static ValueTask<TResult> WhenValueTaskOf<TResult>(ValueTask<TResult> task, Task? queued) =>
        queued is null ? task : new ValueTask<TResult>(BothAsync(task.AsTask(), queued).Unwrap());

    /// <summary>Waits for the event before the first element.</summary>
    /// <typeparam name="TItem">The element's type.</typeparam>
    /// <param name="stream">The variant's stream.</param>
    /// <param name="queued">The event's task; null where it does not wait.</param>
    /// <returns>The variant's own stream where the event does not wait.</returns>
    [return: NotNullIfNotNull(nameof(stream))]
    public static IAsyncEnumerable<TItem>? WhenStream<TItem>(IAsyncEnumerable<TItem>? stream, Task? queued) =>
        queued is null || stream is null ? stream : new QueuedStream<TItem>(stream, queued);

    /// <summary>Gives the variant's task itself when both have ended, for the caller to see its state and exceptions.</summary>
    private static async Task<TTask> BothAsync<TTask>(TTask task, Task queued)
        where TTask : Task
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await queued.ConfigureAwait(false);
        return task;
    }

    private sealed class QueuedStream<TItem>(IAsyncEnumerable<TItem> stream, Task queued) : IAsyncEnumerable<TItem>
    {
        public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await queued.ConfigureAwait(false);
            await foreach (var item in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }
}
