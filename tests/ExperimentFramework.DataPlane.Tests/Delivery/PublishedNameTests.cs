using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Names in an application's own events follow the rule for names: every account, metric and log repeats them.</summary>
public sealed class PublishedNameTests
{
    public static TheoryData<DataPlaneEvent, string> Refused { get; } = new()
    {
        { SampleEvents.Exposure with { ExperimentName = new string('x', 257) }, "The ExperimentName 'xxxx" },
        { SampleEvents.Exposure with { ExperimentName = null! }, "The ExperimentName '' of the ExposureEvent is empty. Use the name under which it is registered." },
        { SampleEvents.Exposure with { VariantKey = " b" }, "The VariantKey ' b' of the ExposureEvent begins or ends with white space." },
        { SampleEvents.Exposure with { AssignedVariantKey = "" }, "The AssignedVariantKey '' of the ExposureEvent is empty." },
        { SampleEvents.Outcome with { VariantKey = "a\nb" }, "The VariantKey 'a\uFFFDb' of the OutcomeEvent contains a control character." },
        { SampleEvents.Outcome with { AssignedVariantKey = "\uD800" }, "The AssignedVariantKey '\uD800' of the OutcomeEvent contains half of a surrogate pair" },
        { SampleEvents.Assignment with { NewVariantKey = "" }, "The NewVariantKey '' of the AssignmentEvent is empty." },
        { SampleEvents.Assignment with { PreviousVariantKey = null! }, "The PreviousVariantKey '' of the AssignmentEvent is empty." },
        { SampleEvents.Metric with { ExperimentName = "" }, "The ExperimentName '' of the MetricEvent is empty." },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task A_name_that_is_none_is_refused(DataPlaneEvent published, string message)
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IEventPublisher>().PublishAsync(published));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<DataPlaneEvent, string> WithoutText { get; } = new()
    {
        { SampleEvents.Exposure with { SelectionReason = null! }, "The SelectionReason of an ExposureEvent" },
        { SampleEvents.Outcome with { OutcomeName = null! }, "The OutcomeName of an OutcomeEvent" },
        { SampleEvents.Assignment with { ChangeReason = null! }, "The ChangeReason of an AssignmentEvent" },
        { SampleEvents.Signal with { Message = null! }, "The Message of an AnalysisSignalEvent" },
        { SampleEvents.Error with { Source = null! }, "The Source of an ErrorEvent" },
        { SampleEvents.Error with { Message = null! }, "The Message of an ErrorEvent" },
    };

    [Theory]
    [MemberData(nameof(WithoutText), DisableDiscoveryEnumeration = true)]
    public async Task Required_text_that_is_null_is_refused_before_a_destination_stores_what_no_reader_reads(DataPlaneEvent published, string message)
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await fixture.Get<IEventPublisher>().PublishAsync(published));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("is null. It is required", error.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Backplane.Events);
    }

    [Fact]
    public async Task A_first_assignment_has_no_previous_variant()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Assignment with { PreviousVariantKey = "" });

        Assert.Single(fixture.Backplane.Events);
    }
}
