using System.Globalization;
using System.Text;
using ExperimentFramework.DataPlane.Tests.Accounting;
using static ExperimentFramework.DataPlane.Tests.Delivery.AccountFixture;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>An account that is too large for a message of a broker is published in parts, which add up.</summary>
public sealed class AccountPartsTests
{
    private const int BrokerLimit = 1_000_000;

    [Fact]
    public void A_small_account_is_one_event()
    {
        var account = Account(rows: 10, name: "experiment");

        Assert.Same(account, Assert.Single(AccountParts.Split(account)));
        Assert.Equal((1, 1), (account.PartNumber, account.PartCount));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ä")]
    [InlineData("\U0001F600")]
    [InlineData("\"")]
    public void Whatever_the_names_no_part_is_larger_than_a_message_and_every_row_is_in_one_part(string letter)
    {
        var account = Account(rows: 3_000, string.Concat(Enumerable.Repeat(letter, 240 / letter.Length)));

        var parts = AccountParts.Split(account);

        Assert.All(parts, part => Assert.InRange(Encoding.UTF8.GetByteCount(DataPlaneJson.Serialize(SampleEvents.Envelope(part))), 1, BrokerLimit));
        Assert.Equal(Enumerable.Range(1, parts.Count).Select(number => ((long)number, (long)parts.Count)), parts.Select(part => (part.PartNumber, part.PartCount)));
        Assert.Equal(account.Calls, parts.SelectMany(part => part.Calls));
        Assert.Equal(account.Published, parts.SelectMany(part => part.Published));
        Assert.Equal(account.Drops, parts.SelectMany(part => part.Drops));
        Assert.All(parts, part => Assert.Equal((account.SequenceNumber, account.IntervalEnd, account.IsLast), (part.SequenceNumber, part.IntervalEnd, part.IsLast)));
    }

    [Fact]
    public void Parts_are_as_large_as_they_may_be()
    {
        var account = Account(rows: 3_000, "experiment");

        var parts = AccountParts.Split(account, maxRowBytes: 100_000);

        Assert.All(parts.SkipLast(1), part => Assert.InRange(Encoding.UTF8.GetByteCount(DataPlaneJson.Serialize(SampleEvents.Envelope(part))), 99_500, 101_000));
    }

    [Fact]
    public async Task The_accounts_of_a_process_with_very_many_variants_add_up_over_their_parts_at_every_interval_and_at_the_end()
    {
        var destination = new RecordingBackplane();
        var fixture = Start(destination, options => (options.MaxQueueSize, options.AccountingInterval, options.ShutdownTimeout) = (10_000, TimeSpan.FromSeconds(30), TimeSpan.FromHours(1)));
        for (var i = 0; i < 1_600; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { ExperimentName = LongName(i), SubjectId = "u1" }, TestContext.Current.CancellationToken);
        }

        await AdvanceAsync(fixture, seconds: 35);
        var interim = Accounts(destination);
        await fixture.DisposeAsync();

        Assert.Equal(
            [(1L, false), (2L, true)],
            Accounts(destination).GroupBy(account => account.SequenceNumber).Select(parts => (parts.Key, parts.All(part => part.IsLast))));
        Assert.True(interim[0].PartCount > 1);
        Assert.Equal(interim[0].PartCount, interim.Count);
        Assert.All(destination.Events, envelope => Assert.InRange(Encoding.UTF8.GetByteCount(DataPlaneJson.Serialize(envelope)), 1, BrokerLimit));
        Assert.Equal(1_600, Accounts(destination).Where(account => account.IsLast).SelectMany(account => account.Published).Sum(row => row.Count));
        AddsUp(destination.Events);
    }

    [Fact]
    public void A_queue_that_has_one_reserved_place_left_takes_all_parts_of_an_account_and_one_that_is_full_takes_none()
    {
        var queue = new DeliveryQueue(2);
        var parts = AccountParts.Split(Account(rows: 100, "experiment"), maxRowBytes: 1_000).Select(SampleEvents.Envelope).ToList();
        Assert.True(parts.Count > 10);
        while (queue.TryAdd(SampleEvents.Envelope(SampleEvents.Exposure), default))
        {
        }

        Assert.True(queue.TryAdd(SampleEvents.Envelope(SampleEvents.Error), default, usesReserve: true));
        Assert.True(queue.TryAddWhole(parts));
        Assert.False(queue.TryAddWhole(parts));
        List<QueuedEnvelope> taken = [];
        queue.Take(taken, 1_000);

        Assert.Equal(parts, taken.Skip(3).Select(queued => queued.Envelope));
    }

    [Fact]
    public void A_reader_takes_the_latest_account_of_which_no_part_is_missing()
    {
        var first = Account(rows: 1, "experiment");
        var second = AccountParts.Split(Account(rows: 100, "experiment") with { SequenceNumber = first.SequenceNumber + 1 }, maxRowBytes: 1_000);

        var incomplete = new EventStreamSums(second.Skip(1).Append(first).Select(part => DataPlaneJson.Serialize(SampleEvents.Envelope(part))));
        var complete = new EventStreamSums(second.Append(first).Select(part => DataPlaneJson.Serialize(SampleEvents.Envelope(part))));

        Assert.Equal(first.Calls.Sum(row => row.ExposingCalls), incomplete.ExposingCalls(first.ProducerId));
        Assert.Equal(second.Sum(part => part.Calls.Sum(row => row.ExposingCalls)), complete.ExposingCalls(first.ProducerId));
    }

    private static string LongName(int number) => number.ToString("d240", CultureInfo.InvariantCulture);

    private static AccountingEvent Account(int rows, string name) => SampleEvents.Accounting with
    {
        PartNumber = 1,
        PartCount = 1,
        Calls = [.. Enumerable.Range(0, rows).Select(row => new AccountedCalls { ExperimentName = $"{name}-{row}", VariantKey = name, ExposingCalls = row + 1, RepeatsNotRecorded = row, SampledOut = 1, NoSubject = 0 })],
        Published = [.. Enumerable.Range(0, rows).Select(row => new AccountedEvents { ExperimentName = $"{name}-{row}", VariantKey = name, EventType = "Exposure", Count = row })],
        Drops = [.. Enumerable.Range(0, rows).Select(row => new AccountedDrops { ExperimentName = $"{name}-{row}", VariantKey = name, EventType = "Exposure", Reason = "queue_full", Count = row })],
    };
}
