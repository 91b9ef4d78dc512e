using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>
/// Eight threads, and destinations that misbehave at random: the account is exact to the event. Takes two seconds, or as many as
/// <c>DATAPLANE_STRESS_SECONDS</c> says.
/// </summary>
public sealed class StressTests
{
    private const int Threads = 8;
    private const string Variable = "DATAPLANE_STRESS_SECONDS";

    /// <summary>Whether the tests of this project that only find more by running longer are to run long.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable(Variable) is not null;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_account_is_exact_to_the_event(bool hasOutbox)
    {
        using var folder = new TemporaryFolder();
        var random = new RandomBackplane(7);
        var services = new ServiceCollection();
        services.AddSingleton<IDataBackplane>(random);
        services.AddDataBackplane(options =>
        {
            (options.MaxQueueSize, options.BatchSize) = (2_000, 100);
            options.FlushInterval = TimeSpan.FromMilliseconds(20);
            options.PublishTimeout = TimeSpan.FromMilliseconds(50);
            (options.Retry.BaseDelay, options.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10));
            (options.EnableErrorEvents, options.EnableAccountingEvents) = (false, false);
        });
        if (hasOutbox)
        {
            services.AddSqliteOutbox(folder.File("outbox.db"));
        }

        var provider = services.BuildServiceProvider();
        var publisher = provider.GetRequiredService<EventPublisher>();
        var account = new Account(
            provider.GetRequiredService<DeliveryMetrics>(), provider.GetRequiredService<DropLedger>(), Assert.Single(publisher.Pipeline.Destinations), provider.GetService<IEventOutbox>());
        var published = 0L;
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Threads).Select(who => new Thread(() =>
        {
            var own = new Random(who);
            for (var number = 0; clock.Elapsed < Duration; number++)
            {
                publisher.Write(Exposure(string.Create(CultureInfo.InvariantCulture, $"{who}-{number}")), new EnqueueWait(WaitMode.Thread, CancellationToken.None));
                Interlocked.Increment(ref published);
                if (own.Next(200) == 0)
                {
                    Thread.Yield();
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        await provider.DisposeAsync();

        Assert.Equal(published, account.Published);
        Assert.True(account.Published == account.Delivered + account.Dropped + account.InOutbox, account.ToString());
        Assert.InRange(account.Delivered, 1, random.Taken.Count);

        // What a call took that outlived its time counts as not taken, and comes again.
        var inTime = random.Taken.Where(taken => !taken.Call.IsCancellationRequested).Select(taken => taken.Subject).ToList();
        Assert.Equal(inTime.Distinct().Count(), inTime.Count);
    }

    private static TimeSpan Duration =>
        Environment.GetEnvironmentVariable(Variable) is { } seconds ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))
        : TimeSpan.FromSeconds(2);

    private static ExposureEvent Exposure(string subject) => new()
    {
        ExperimentName = "exp",
        VariantKey = "b",
        SubjectId = subject,
        SelectionReason = "test",
        Timestamp = DateTimeOffset.UtcNow,
    };

    /// <summary>Takes all, some or none of a batch, rejects some, throws, takes its time or hangs past its timeout.</summary>
    private sealed class RandomBackplane(int seed) : BatchBackplane
    {
        private readonly Random _random = new(seed);

        /// <summary>What was taken, and the token of the call that brought it: cancelled by the end where that outlived its time.</summary>
        public ConcurrentQueue<(string Subject, CancellationToken Call)> Taken { get; } = new();

        public override async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            switch (_random.Next(12))
            {
                case 0:
                    throw new IOException("down");
                case 1:
                    await Task.Yield();
                    throw new TimeoutException();
                case 2:
                    await Task.Delay(_random.Next(5), cancellationToken);
                    break;
                case 3 when _random.Next(20) == 0:
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    break;
                case 4:
                    return BatchResult.FromStatuses([.. envelopes.Select(envelope => Judge(envelope, cancellationToken))], new IOException("some"));
            }

            foreach (var envelope in envelopes)
            {
                Take(envelope, cancellationToken);
            }

            return BatchResult.Delivered;
        }

        private DeliveryStatus Judge(DataPlaneEnvelope envelope, CancellationToken call)
        {
            var status = (DeliveryStatus)_random.Next(3);
            if (status == DeliveryStatus.Delivered)
            {
                Take(envelope, call);
            }

            return status;
        }

        private void Take(DataPlaneEnvelope envelope, CancellationToken call) => Taken.Enqueue((((ExposureEvent)envelope.Payload).SubjectId!, call));
    }
}
