using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A pipeline that ends publishes its last account, whatever happens at the same moment.</summary>
public sealed class LastAccountTests
{
    [Fact]
    public async Task An_account_that_is_being_published_when_the_end_begins_does_not_cost_the_last_one()
    {
        using var time = new StoppedTime();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time).AddLogging().AddMetrics();
        services.AddDataBackplane(options => options.AccountingInterval = TimeSpan.FromMinutes(1));
        services.AddInMemoryDataBackplane();
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IEventPublisher>();
        var backplane = provider.GetRequiredService<InMemoryDataBackplane>();

        var tick = Task.Run(() => time.Advance(TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
        await time.ReaderStopped;
        await provider.DisposeAsync();
        await tick;

        Assert.Equal(
            [(1L, false), (2L, true)],
            backplane.Events.Select(envelope => envelope.Payload).OfType<AccountingEvent>().Select(account => (account.SequenceNumber, account.IsLast)));
    }

    /// <summary>A clock that stops the first timer callback that reads it, until a timer is disposed.</summary>
    private sealed class StoppedTime : FakeTimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _timerDisposed = new();
        private readonly TaskCompletionSource _readerStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly AsyncLocal<bool> _isInTimer = new();

        public Task ReaderStopped => _readerStopped.Task;

        public override DateTimeOffset GetUtcNow()
        {
            if (_isInTimer.Value && _readerStopped.TrySetResult())
            {
                _timerDisposed.Wait();
            }

            return base.GetUtcNow();
        }

        /// <summary>Reads the clock of the base class, and is no reading of its own.</summary>
        public override long GetTimestamp()
        {
            var isInTimer = _isInTimer.Value;
            _isInTimer.Value = false;
            try
            {
                return base.GetTimestamp();
            }
            finally
            {
                _isInTimer.Value = isInTimer;
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new WatchedTimer(
            base.CreateTimer(
                passed =>
                {
                    _isInTimer.Value = true;
                    callback(passed);
                },
                state,
                dueTime,
                period),
            _timerDisposed);

        public void Dispose() => _timerDisposed.Dispose();
    }

    private sealed class WatchedTimer(ITimer timer, ManualResetEventSlim disposed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            disposed.Set();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            disposed.Set();
            return timer.DisposeAsync();
        }
    }
}
