using System.Collections;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>What an application publishes is what it was when it was published.</summary>
public sealed class PublishedEventTests
{
    [Fact]
    public void An_event_that_nobody_can_change_is_kept_as_it_is()
    {
        DataPlaneEvent[] events = [SampleEvents.Exposure with { Attributes = null }, SampleEvents.Assignment, SampleEvents.Outcome, SampleEvents.Metric with { Attributes = null }];

        Assert.All(events, published => Assert.Same(published, PublishedEvent.Capture(published, 1_024)));
        Assert.Null(((OutcomeEvent)PublishedEvent.Capture(SampleEvents.Outcome with { TenantId = "" }, 1_024)).TenantId);
        Assert.Null(((MetricEvent)PublishedEvent.Capture(SampleEvents.Metric with { Attributes = null, Unit = "" }, 1_024)).Unit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_application_changes_after_publishing_does_not_show(bool isQueued)
    {
        var queued = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services =>
        {
            if (isQueued)
            {
                services.AddSingleton<IDataBackplane>(queued);
            }
            else
            {
                services.AddInMemoryDataBackplane();
            }
        });
        long[] array = [1];
        int[] numbers = [1];
        string[] texts = ["a"];
        List<int> list = [1];
        var inner = new Dictionary<string, object?> { ["a"] = 1, ["array"] = array };
        var untyped = new Hashtable { ["a"] = 1 };
        var unknown = new Dictionary<string, string> { ["assignmentPolicy"] = "New" };
        var values = new Dictionary<string, object?>
        {
            ["array"] = array, ["numbers"] = numbers, ["texts"] = texts, ["list"] = list, ["inner"] = inner, ["untyped"] = untyped, ["flag"] = true,
        };
        var publisher = fixture.Get<IEventPublisher>();

        await publisher.PublishAsync(SampleEvents.Exposure with { Attributes = values, UnknownValues = unknown }, TestContext.Current.CancellationToken);
        await publisher.PublishAsync(SampleEvents.Exposure with { Attributes = new SortedList<string, object?>(values).AsReadOnly() }, TestContext.Current.CancellationToken);
        await publisher.PublishAsync(SampleEvents.Signal with { Data = values, UnknownValues = unknown }, TestContext.Current.CancellationToken);
        await publisher.PublishAsync(SampleEvents.Assignment with { UnknownValues = unknown }, TestContext.Current.CancellationToken);
        await publisher.PublishAsync(SampleEvents.Metric with { Attributes = values }, TestContext.Current.CancellationToken);
        array[0] = numbers[0] = list[0] = 2;
        texts[0] = "b";
        inner["a"] = untyped["a"] = 2;
        values["flag"] = false;
        values.Add("late", 1);
        unknown["assignmentPolicy"] = "Newer";
        await fixture.Time.AdvanceUntil(publisher.FlushAsync(TestContext.Current.CancellationToken).AsTask());

        var events = (isQueued ? queued.Events : fixture.Backplane.Events).Select(envelope => envelope.Payload).ToArray();
        Assert.Equal(5, events.Length);
        foreach (var kept in events.OfType<ExposureEvent>().Select(exposure => exposure.Attributes!)
            .Append(events.OfType<AnalysisSignalEvent>().Single().Data!).Append(events.OfType<MetricEvent>().Single().Attributes!))
        {
            Assert.Equal(new[] { 1L }, kept["array"]);
            Assert.Equal(new[] { 1L }, kept["numbers"]);
            Assert.Equal(new[] { "a" }, kept["texts"]);
            Assert.Equal(new[] { 1L }, kept["list"]);
            Assert.Equal(1L, ((IReadOnlyDictionary<string, object?>)kept["inner"]!)["a"]);
            Assert.Equal(new[] { 1L }, ((IReadOnlyDictionary<string, object?>)kept["inner"]!)["array"]);
            Assert.Equal(1L, ((IReadOnlyDictionary<string, object?>)kept["untyped"]!)["a"]);
            Assert.Equal(true, kept["flag"]);
            Assert.False(kept.ContainsKey("late"));
        }

        Assert.All(new[] { events[0], events[2], events[3] }, kept => Assert.Equal("New", kept.UnknownValues!["assignmentPolicy"]));
    }

    [Fact]
    public async Task A_switched_off_event_is_not_read()
    {
        await using var fixture = DataPlaneFixture.Bare(options => options.EnableAnalysisSignals = false, services => services.AddInMemoryDataBackplane());
        var list = new Unread();

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Signal with { Data = new Dictionary<string, object?> { ["a"] = list } }, TestContext.Current.CancellationToken);

        Assert.Empty(fixture.Backplane.Events);
        Assert.False(list.IsRead);
    }

    [Fact]
    public void Values_are_bounded_as_those_of_calls_are_and_names_as_well()
    {
        var values = Enumerable.Range(0, 2_000).ToDictionary(i => $"{i:0000}-0123456789abc", i => (object?)(i == 0 ? "0123456789abcdefg" : Enumerable.Range(0, 100).ToArray()));

        var kept = ((ExposureEvent)PublishedEvent.Capture(SampleEvents.Exposure with { Attributes = values }, 16)).Attributes!;

        Assert.Equal(1_024, kept.Count);
        Assert.Equal("0123456789abcde…", kept["0000-0123456789…"]);
        Assert.Equal(16, Assert.IsType<long[]>(kept["0001-0123456789…"]).Length);
        Assert.Equal(kept, ((MetricEvent)PublishedEvent.Capture(SampleEvents.Metric with { Attributes = values }, 16)).Attributes);
        Assert.Equal(2_000, ((ExposureEvent)PublishedEvent.Capture(SampleEvents.Exposure with { Attributes = values }, 3_000)).Attributes!.Count);
    }

    [Fact]
    public void Ids_with_half_a_surrogate_pair_are_the_ones_that_json_has()
    {
        var exposure = (ExposureEvent)PublishedEvent.Capture(SampleEvents.Exposure with { SubjectId = "\ud800", SubjectType = "t\udc00", TenantId = "\ud800\ud800" }, 16);
        var assignment = (AssignmentEvent)PublishedEvent.Capture(SampleEvents.Assignment with { SubjectId = "\ud800", SubjectType = "t\udc00", TenantId = "\ud800\ud800" }, 16);
        var outcome = (OutcomeEvent)PublishedEvent.Capture(SampleEvents.Outcome with { SubjectId = "\ud800", SubjectType = "t\udc00", TenantId = "\ud800\ud800" }, 16);
        var metric = (MetricEvent)PublishedEvent.Capture(SampleEvents.Metric with { SubjectId = "\ud800", SubjectType = "t\udc00", TenantId = "\ud800\ud800" }, 16);

        Assert.Equal(("\ufffd", "t\ufffd", "\ufffd\ufffd"), (exposure.SubjectId, exposure.SubjectType, exposure.TenantId));
        Assert.Equal(("\ufffd", "t\ufffd", "\ufffd\ufffd"), (assignment.SubjectId, assignment.SubjectType, assignment.TenantId));
        Assert.Equal(("\ufffd", "t\ufffd", "\ufffd\ufffd"), (outcome.SubjectId, outcome.SubjectType, outcome.TenantId));
        Assert.Equal(("\ufffd", "t\ufffd", "\ufffd\ufffd"), (metric.SubjectId, metric.SubjectType, metric.TenantId));
    }

    [Fact]
    public void An_event_equals_its_copy_and_no_other()
    {
        var values = new Dictionary<string, object?> { ["n"] = 1L, ["none"] = null, ["array"] = new[] { 1L, 2 }, ["in"] = new Dictionary<string, object?> { ["a"] = "b" } };
        var exposure = SampleEvents.Exposure with { Attributes = values };
        var signal = SampleEvents.Signal with { Data = values };
        var metric = SampleEvents.Metric with { Attributes = values };

        Assert.Equal(exposure, PublishedEvent.Capture(exposure, 16));
        Assert.Equal(exposure.GetHashCode(), PublishedEvent.Capture(exposure, 16).GetHashCode());
        Assert.Equal(signal, PublishedEvent.Capture(signal, 16));
        Assert.Equal(metric, PublishedEvent.Capture(metric, 16));
        Dictionary<string, object?>[] others =
        [
            new(values) { ["n"] = 2L }, new(values) { ["n"] = 1 }, new(values) { ["more"] = 1L }, new(values) { ["none"] = "" }, new(values) { ["array"] = new[] { 1L, 3 } },
            new(values) { ["array"] = new[] { 1L } }, new(values) { ["array"] = new[] { 1, 2 } }, new(values) { ["in"] = new Dictionary<string, object?> { ["a"] = "c" } },
            new(values.Skip(1)), new(values.Skip(1)) { ["m"] = 1L },
        ];
        Assert.All(others, other => Assert.NotEqual(exposure, exposure with { Attributes = other }));
        Assert.NotEqual(exposure, exposure with { Attributes = null });
        Assert.Equal(exposure with { Attributes = null }, exposure with { Attributes = null });
        values["itself"] = values;
        Assert.NotEqual(exposure, exposure with { Attributes = new Dictionary<string, object?>(values) { ["n"] = 2L } });
    }

    private sealed class Unread : ArrayList
    {
        public bool IsRead { get; private set; }

        public override int Count
        {
            get
            {
                IsRead = true;
                return 0;
            }
        }
    }
}
