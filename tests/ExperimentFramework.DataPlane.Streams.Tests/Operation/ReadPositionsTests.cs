using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Messages that are gone before the monitor has read them are counted and logged.</summary>
public sealed class ReadPositionsTests
{
    private static readonly TopicPartition Partition = new("events", 3);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();
    private readonly ReadPositions _positions;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private long _committed;
    private long _oldest;
    private bool _answers = true;
    private int _queries;

    public ReadPositionsTests()
    {
        _positions = new ReadPositions(_time, LoggerFactory.Create(builder => builder.AddProvider(new FakeLoggerProvider(_logs))));
        _consumer = Fake.Create<IConsumer<byte[], byte[]>>(member => !_answers ? throw new KafkaException(ErrorCode.Local_TimedOut) : member switch
        {
            nameof(IConsumer<,>.Committed) => new List<TopicPartitionOffset> { new(Partition, _committed) },
            nameof(IConsumer<,>.QueryWatermarkOffsets) => Query(),
            _ => null,
        });
    }

    [Fact]
    public void Messages_that_were_deleted_while_the_monitor_was_stopped_are_logged_with_their_place_and_number()
    {
        (_committed, _oldest) = (100, 140);
        Assign();
        Read(140, 141);

        Assert.Equal(40, _positions.Skipped);
        var record = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(("StreamMessagesSkipped", LogLevel.Warning), (record.Id.Name, record.Level));
        Assert.StartsWith("40 messages of partition 3 of topic events, from offset 100 on, were deleted before the experiment monitor read them", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_that_were_deleted_because_the_monitor_was_slow_are_logged_too()
    {
        _committed = 100;
        Assign();
        Read(100, 101);
        _oldest = 200;
        Read(200, 201);

        Assert.Equal(98, _positions.Skipped);
    }

    [Fact]
    public void Offsets_that_transactions_take_are_no_messages()
    {
        (_committed, _oldest) = (100, 50);
        Assign();
        Read(100, 102, 110);

        Assert.Equal(0, _positions.Skipped);
    }

    [Fact]
    public void Offsets_that_transactions_take_after_the_deleted_ones_are_no_messages_either()
    {
        (_committed, _oldest) = (100, 104);
        Assign();
        Read(106);

        Assert.Equal(4, _positions.Skipped);
    }

    [Fact]
    public void Of_a_partition_that_was_never_read_nothing_is_skipped()
    {
        (_committed, _oldest) = (Offset.Unset, 500);
        Assign();
        Read(500, 501);

        Assert.Equal(0, _positions.Skipped);
    }

    [Fact]
    public void A_partition_that_comes_back_goes_on_at_what_another_instance_has_committed()
    {
        Assign();
        Read(0, 1);
        (_committed, _oldest) = (300, 200);
        Assign();
        Read(300);

        Assert.Equal(0, _positions.Skipped);
    }

    [Fact]
    public void Brokers_that_do_not_answer_stop_nothing()
    {
        _answers = false;
        Assign();
        Read(5, 10);

        Assert.Equal(0, _positions.Skipped);
    }

    [Fact]
    public void Brokers_are_asked_at_most_once_a_second_however_many_offsets_transactions_take()
    {
        _committed = 100;
        Assign();
        Read([.. Enumerable.Range(0, 50).Select(static message => 100L + (2 * message))]);
        Assert.Equal(1, _queries);

        _time.Advance(TimeSpan.FromSeconds(1));
        Read(199);
        Read(201);

        Assert.Equal((2, 0), (_queries, _positions.Skipped));
    }

    [Fact]
    public void Messages_that_were_deleted_less_than_a_second_after_the_brokers_were_asked_are_counted_with_a_later_message()
    {
        _committed = 100;
        Assign();
        Read(100, 102);
        _oldest = 150;
        Read(150, 152, 153);
        Assert.Equal(0, _positions.Skipped);

        _time.Advance(TimeSpan.FromSeconds(1));
        Read(154);

        Assert.Equal(47, _positions.Skipped);
    }

    [Fact]
    public void Messages_that_were_deleted_while_brokers_did_not_answer_are_counted_when_they_do()
    {
        _committed = 100;
        Assign();
        (_oldest, _answers) = (150, false);
        Read(150);
        _answers = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        Read(151, 152);

        Assert.Equal(50, _positions.Skipped);
        Assert.Single(_logs.GetSnapshot());
    }

    private WatermarkOffsets Query()
    {
        _queries++;
        return new WatermarkOffsets(_oldest, 1_000);
    }

    private void Assign() => _positions.Before(Fake.Create<IConsumerRebalanceListener>(static _ => null)).PartitionsAssigned(_consumer, [Partition]);

    private void Read(params long[] offsets)
    {
        foreach (var offset in offsets)
        {
            _positions.OnRead(new TopicPartitionOffset(Partition, offset));
        }
    }
}
