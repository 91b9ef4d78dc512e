using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What a caller gets of an asynchronous call whose event may be waiting for room.</summary>
public sealed class EnqueueBarrierTests
{
    public static TheoryData<string, Func<Task?, Task>> Kinds => new()
    {
        { "Task", queued => EnqueueBarrier.WhenTask(Task.CompletedTask, queued)! },
        { "Task<T>", queued => EnqueueBarrier.WhenTaskOf(Task.FromResult(1), queued)! },
        { "ValueTask", queued => EnqueueBarrier.WhenValueTask(ValueTask.CompletedTask, queued).AsTask() },
        { "ValueTask<T>", queued => EnqueueBarrier.WhenValueTaskOf(ValueTask.FromResult(1), queued).AsTask() },
        { "stream", queued => EnqueueBarrier.WhenStream(AsyncEnumerable.Range(1, 2), queued)!.FirstAsync().AsTask() },
        { "a task that fails", queued => EnqueueBarrier.WhenTask(Task.FromException(new FormatException()), queued)! },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_ends_when_the_event_does_too(string kind, Func<Task?, Task> call)
    {
        var queued = new TaskCompletionSource();

        var ends = call(queued.Task);
        Assert.False(ends.IsCompleted, kind);
        queued.SetResult();

        await ends.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.Equal(kind == "a task that fails", ends.IsFaulted);
    }

    [Fact]
    public void Where_the_event_does_not_wait_it_is_the_variants_own()
    {
        var (task, result, stream) = (Task.FromResult(1), Task.FromResult(2), AsyncEnumerable.Range(1, 2));

        Assert.Same(task, EnqueueBarrier.WhenTask(task, null));
        Assert.Same(result, EnqueueBarrier.WhenTaskOf(result, null));
        Assert.Same(stream, EnqueueBarrier.WhenStream(stream, null));
        Assert.Same(task, EnqueueBarrier.WhenValueTask(new ValueTask(task), null).AsTask());
        Assert.Same(result, EnqueueBarrier.WhenValueTaskOf(new ValueTask<int>(result), null).AsTask());
    }

    [Fact]
    public void A_variant_that_gave_nothing_gives_nothing()
    {
        var queued = new TaskCompletionSource().Task;

        Assert.Null(EnqueueBarrier.WhenTask(null, queued));
        Assert.Null(EnqueueBarrier.WhenTaskOf<int>(null, queued));
        Assert.Null(EnqueueBarrier.WhenStream<int>(null, queued));
    }
}
