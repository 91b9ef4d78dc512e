using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A part of a destination that accepts nothing, such as one partition of a topic, does not hold up the events of the others.</summary>
public sealed class PartialFailureTests
{
    private const int Events = 2_000;
    private const int MaxAttempts = 5;

    [Fact]
    public async Task Events_of_a_part_that_is_down_are_dropped_after_their_attempts_and_all_others_are_delivered_meanwhile()
    {
        var (attempts, stuck) = (new Dictionary<string, int>(StringComparer.Ordinal), 0);
        var calls = 0;
        var backplane = new ScriptedBackplane(batch =>
        {
            calls++;
            return BatchResult.FromStatuses(
                [.. batch.Select(envelope =>
                {
                    var subject = ((ExposureEvent)envelope.Payload).SubjectId!;
                    attempts[subject] = attempts.GetValueOrDefault(subject) + 1;
                    return IsStuck(subject) ? DeliveryStatus.TransientFailure : DeliveryStatus.Delivered;
                })],
                new IOException("partition 3 is down"));
        });
        await using var fixture = DataPlaneFixture.Bare(
            options => (options.BatchSize, options.MaxQueueSize, options.Retry.MaxAttempts, options.EnableErrorEvents) = (100, Events, MaxAttempts, false),
            services => services.AddSingleton<IDataBackplane>(backplane));
        var publisher = fixture.Get<IEventPublisher>();
        for (var number = 0; number < Events; number++)
        {
            var subject = FormattableString.Invariant($"{number:0000}");
            stuck += IsStuck(subject) ? 1 : 0;
            await publisher.PublishAsync(SampleEvents.Exposure with { SubjectId = subject }, TestContext.Current.CancellationToken);
        }

        await fixture.Time.AdvanceUntil(publisher.FlushAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(Events - stuck, fixture.Get<DeliveryPipeline>().Destinations[0].Delivered);
        Assert.Equal(stuck, fixture.Get<DropLedger>().Lost);
        Assert.All(attempts, each => Assert.InRange(each.Value, 1, IsStuck(each.Key) ? 2 * MaxAttempts : 1));

        // One event after the other would take several calls for each that is stuck.
        Assert.InRange(calls, Events / 100, 3 * Events / 100);
    }

    /// <summary>One of twenty subjects, at no regular distance.</summary>
    private static bool IsStuck(string subject) => int.Parse(subject, System.Globalization.CultureInfo.InvariantCulture) * 7 % 19 == 3;
}
