using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Summary;

/// <summary>A stream can name any number of categories and destinations: memory is bounded, and nothing is called complete that was not kept.</summary>
public sealed class ProducerSummaryTests
{
    [Fact]
    public void Categories_beyond_64_are_counted_together()
    {
        var producer = new ProducerSummary("0a1b2c3d4e5");
        for (var index = 0; index < 1_000; index++)
        {
            producer.AddEvent($"Category{index}", ToolFixture.Now);
        }

        Assert.Equal((65, 936), (producer.Arrived.Count, producer.Arrived["(other)"]));
        Assert.Equal(1_000, producer.Arrived.Values.Sum());
    }

    [Fact]
    public void A_producer_with_more_than_64_destinations_is_not_judged()
    {
        var producer = new ProducerSummary("0a1b2c3d4e5");
        for (var index = 0; index < 65; index++)
        {
            Assert.Equal(index == 0 ? CompletenessState.NoAccount : CompletenessState.Complete, Assert.Single(Completeness.Of([producer])).State);
            producer.Add(Account($"Destination{index}"), ToolFixture.Now);
        }

        Assert.Equal(64, producer.Accounts.Count());
        Assert.Equal(CompletenessState.NoAccount, Assert.Single(Completeness.Of([producer])).State);
    }

    [Fact]
    public void An_account_of_more_than_1000_parts_is_not_kept()
    {
        var accounts = new DestinationAccounts("Destination");
        for (var part = 1; part <= 1_001; part++)
        {
            accounts.Add(Account("Destination") with { PartNumber = part, PartCount = 1_001 });
        }

        Assert.Empty(accounts.Parts);
    }

    private static AccountingEvent Account(string destination) => new()
    {
        ExperimentName = ExperimentNames.All,
        Timestamp = ToolFixture.Now,
        ProducerId = "0a1b2c3d4e5",
        Destination = destination,
        SequenceNumber = 1,
        IntervalStart = ToolFixture.Now,
        IntervalEnd = ToolFixture.Now,
        IsLast = true,
        Calls = [],
        Published = [],
        Drops = [],
    };
}
