using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Code of the application that never returns costs the end <see cref="DataPlaneOptions.ShutdownTimeout"/> altogether, and every event is accounted for.</summary>
public sealed class EndWithForeignCodeTests : IDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    private readonly ManualResetEventSlim _gate = new();

    public enum Member
    {
        Redact,
        GetKey,
        Publish,
        Flush,
        Health,
        Cancelled,
    }

    public static TheoryData<Member> Members { get; } = [.. Enum.GetValues<Member>()];

    [Theory]
    [MemberData(nameof(Members))]
    public async Task The_end_of_host_and_container_takes_no_longer_than_it_may(Member member)
    {
        var (fixture, backplane) = Start(member);
        var (metrics, drops) = (fixture.Get<DeliveryMetrics>(), fixture.Get<DropLedger>());
        var destination = fixture.Get<DeliveryPipeline>().Destinations[0];
        await PublishAsync(fixture, backplane);

        var begun = fixture.Time.GetUtcNow();
        await fixture.Time.AdvanceUntil(fixture.Get<IHostedService>().StopAsync(TestContext.Current.CancellationToken), TimeSpan.FromSeconds(1));
        await fixture.Time.AdvanceUntil(fixture.Services.DisposeAsync().AsTask(), TimeSpan.FromSeconds(1));

        Assert.InRange(fixture.Time.GetUtcNow() - begun, TimeSpan.Zero, ShutdownTimeout * 1.5);
        Assert.Equal(metrics.Published, destination.Delivered + drops.Lost);
        Assert.Equal(3, metrics.Published);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_synchronous_end_does_not_wait(Member member)
    {
        var (fixture, backplane) = Start(member);
        var (metrics, drops) = (fixture.Get<DeliveryMetrics>(), fixture.Get<DropLedger>());
        var destination = fixture.Get<DeliveryPipeline>().Destinations[0];
        await PublishAsync(fixture, backplane);

        fixture.Services.Dispose();

        Assert.Equal((3, 3), (metrics.Published, destination.Delivered + drops.Lost));
    }

    [Theory]
    [InlineData(Member.Redact, "Foreign.Redact has not returned for")]
    [InlineData(Member.GetKey, "Foreign.GetKey has not returned for")]
    [InlineData(Member.Publish, "Foreign has blocked its thread for")]
    [InlineData(Member.Flush, "Foreign.FlushAsync did not return within")]
    [InlineData(Member.Health, "Foreign.HealthAsync did not return within")]
    public async Task Health_names_what_does_not_return(Member member, string text)
    {
        var (fixture, backplane) = Start(member);
        await PublishAsync(fixture, backplane);
        if (member == Member.Flush)
        {
            await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask(), TimeSpan.FromSeconds(1));
        }

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var health = fixture.Get<IEventPublisher>().HealthAsync().AsTask();
        await fixture.Time.AdvanceUntil(health, TimeSpan.FromSeconds(1));

        Assert.Contains(text, (await health).Description, StringComparison.Ordinal);
        Assert.False((await health) is { IsHealthy: true, IsDegraded: false });
        fixture.Services.Dispose();
    }

    [Fact]
    public async Task A_health_check_that_blocks_is_not_called_again_before_it_has_returned()
    {
        var (fixture, backplane) = Start(Member.Health);
        for (var i = 0; i < 5; i++)
        {
            await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().HealthAsync().AsTask(), TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, backplane.HealthChecks);
        _gate.Set();
        await fixture.Time.AdvanceUntil(() => fixture.Get<IEventPublisher>().HealthAsync().AsTask() is { IsCompletedSuccessfully: true } or { } && backplane.HealthChecks > 1, TimeSpan.Zero);
        await fixture.DisposeAsync();
    }

    public void Dispose()
    {
        _gate.Set();
        _gate.Dispose();
    }

    private (DataPlaneFixture Fixture, Foreign Backplane) Start(Member member)
    {
        var foreign = new Foreign(member, _gate);
        return (DataPlaneFixture.Bare(
            options =>
            {
                (options.BatchSize, options.ShutdownTimeout, options.EnableErrorEvents) = (1, ShutdownTimeout, false);
                options.PiiRedaction.SubjectId = RedactionMode.Pseudonym;
                options.PiiRedaction.Fields["email"] = RedactionMode.Custom;
            },
            services => services.AddSingleton<IDataBackplane>(foreign).AddSingleton<IExposureRedactor>(foreign).AddSingleton<IPseudonymKeyProvider>(foreign)), foreign);
    }

    /// <summary>Publishes, and waits until the call that never returns has been made.</summary>
    private static async Task PublishAsync(DataPlaneFixture fixture, Foreign foreign)
    {
        for (var i = 0; i < 3; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["email"] = "a" } });
        }

        await foreign.IsReached.WaitAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Foreign(Member member, ManualResetEventSlim gate) : IDataBackplane, IExposureRedactor, IPseudonymKeyProvider
    {
        private readonly PseudonymKey _key = new("k", new byte[32]);
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _keys;

        public int HealthChecks { get; private set; }

        public Task IsReached => member is Member.Flush or Member.Health ? Task.CompletedTask : _reached.Task;

        public string? Redact(string field, string value)
        {
            BlockIf(Member.Redact);
            return value;
        }

        public PseudonymKey GetKey()
        {
            // The first one is asked for at the start.
            if (_keys++ > 0)
            {
                BlockIf(Member.GetKey);
            }

            return _key;
        }

        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            BlockIf(Member.Publish);
            if (member != Member.Cancelled)
            {
                return ValueTask.CompletedTask;
            }

            cancellationToken.Register(() => gate.Wait(TimeSpan.FromMinutes(5)));
            cancellationToken.Register(() => throw new FormatException("cancelled"));
            _reached.TrySetResult();
            return new ValueTask(new TaskCompletionSource().Task);
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken = default)
        {
            BlockIf(Member.Flush);
            return ValueTask.CompletedTask;
        }

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
        {
            HealthChecks++;
            BlockIf(Member.Health);
            return ValueTask.FromResult(BackplaneHealth.Healthy());
        }

        private void BlockIf(Member blocking)
        {
            if (member == blocking)
            {
                _reached.TrySetResult();
                gate.Wait(TimeSpan.FromMinutes(5));
            }
        }
    }
}
