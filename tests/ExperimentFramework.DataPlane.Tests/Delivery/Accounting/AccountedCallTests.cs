using static ExperimentFramework.DataPlane.Tests.Delivery.AccountFixture;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Accounts count every exposing call, also those that record nothing.</summary>
public sealed class AccountedCallTests
{
    [Fact]
    public async Task Every_exposing_call_is_published_or_a_repeat_or_sampled_out_or_without_subject()
    {
        var destination = new RecordingBackplane();
        var selector = new FixedSelector("b");
        var fixture = DataPlaneFixture.Queued(destination, trial => trial.Using(selector).WithSemantics(ExposureSemantics.OnFirstUse), options =>
            (options.EnableAccountingEvents, options.SamplingRate, options.EnableAnalysisSignals) = (true, 0.5, false));
        var greeter = fixture.Get<IGreeter>();
        for (var call = 0; call < 300; call++)
        {
            greeter.Greet($"u{call % 40}");
        }

        for (var call = 0; call < 7; call++)
        {
            greeter.Greet(null);
            greeter.WarmUp("u1");
        }

        selector.Variant = "control";
        greeter.Greet("u1");
        await fixture.DisposeAsync();

        var last = Accounts(destination)[^1];
        var calls = last.Calls.Single(row => row.VariantKey == "b");
        var published = last.Published.Where(row => row is { VariantKey: "b", EventType: "Exposure" }).Sum(row => row.Count);
        Assert.Equal(307, calls.ExposingCalls);
        Assert.Equal(calls.ExposingCalls, published + calls.RepeatsNotRecorded + calls.SampledOut + calls.NoSubject);
        Assert.Equal((7, destination.Events.Count(envelope => envelope.Payload is ExposureEvent { VariantKey: "b" })), (calls.NoSubject, published));
        Assert.True(calls is { RepeatsNotRecorded: > 0, SampledOut: > 0 });
        Assert.Equal(1, last.Calls.Single(row => row.VariantKey == "control").ExposingCalls);
    }

    [Fact]
    public async Task Exposures_that_were_refused_because_their_variant_is_unknown_are_published_and_dropped()
    {
        var destination = new RecordingBackplane();
        var fixture = DataPlaneFixture.Queued(destination, _ => { }, options => options.EnableAccountingEvents = true);
        var recorder = fixture.Get<IExposureRecorder>();
        foreach (var variant in new[] { "b", "gone", "gone-too" })
        {
            await recorder.RecordAsync(
                new DecidedExposure { ExperimentName = "greeting", VariantKey = variant, SubjectId = "u1" }, TestContext.Current.CancellationToken);
        }

        await fixture.DisposeAsync();

        var last = Accounts(destination)[^1];
        var drop = Assert.Single(last.Drops);
        Assert.Equal(("greeting", "*", "Exposure", DropReasons.UnknownVariant, 2), (drop.ExperimentName, drop.VariantKey, drop.EventType, drop.Reason, drop.Count));
        Assert.Equal(2, last.Published.Single(row => row.VariantKey == "*").Count);
        Assert.Equal([("*", 2L), ("b", 1L)], last.Calls.Select(row => (row.VariantKey, row.ExposingCalls)));
        AddsUp(destination.Events);
    }

    [Fact]
    public async Task Calls_of_many_threads_at_once_are_counted_to_the_call()
    {
        var destination = new RecordingBackplane();
        var fixture = DataPlaneFixture.Queued(destination, trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse), options => options.EnableAccountingEvents = true);
        var greeter = fixture.Get<IGreeter>();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var call = 0; call < 5_000; call++)
            {
                greeter.Greet($"u{call % 100}");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await fixture.DisposeAsync();

        var calls = Assert.Single(Accounts(destination)[^1].Calls);
        Assert.Equal((40_000, 39_900), (calls.ExposingCalls, calls.RepeatsNotRecorded));
    }
}
