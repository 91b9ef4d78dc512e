namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantee 11 (docs/concepts/guarantees.md): control runs in the context in which the caller would have gone on.</summary>
public sealed class FallbackContextTests
{
    [Fact]
    public async Task After_a_wait_control_runs_in_the_callers_context()
    {
        var control = new StreamsControl();
        var failure = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fixture = StreamsFixture.With(new StreamsVariant { Running = failure.Task }, control);
        var context = new ThreadContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        Task<string> call;
        try
        {
            call = fixture.Get<IStreams>().RunAsync("u1");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        failure.SetException(new InvalidOperationException("variant"));
        await call;

        Assert.Same(context, control.SeenContext);
    }

    [Fact]
    public async Task Where_nothing_was_waited_for_control_has_answered_when_the_call_returns()
    {
        await using var fixture = StreamsFixture.With(new StreamsVariant { Running = Task.FromException<string>(new InvalidOperationException("variant")) });
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new NeverContext());
        try
        {
            Assert.True(fixture.Get<IStreams>().RunAsync("u1").IsCompletedSuccessfully);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs nothing that is posted to it.</summary>
    private sealed class NeverContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    private sealed class ThreadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => ThreadPool.QueueUserWorkItem(_ =>
        {
            SetSynchronizationContext(this);
            d(state);
            SetSynchronizationContext(null);
        });
    }
}
