using System.Reflection;
using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>A batch that is canceled halfway: what was delivered is not sent again.</summary>
public sealed class CanceledBatchTests : IDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly BatchSender _sender = new(new TopicNames("events", isPerEventType: false), EventFormat.Json, new ClientFaults("Kafka topic 'events'", []));
    private readonly ScriptedProducer _producer;
    private readonly IProducer<byte[]?, byte[]> _client;

    public CanceledBatchTests()
    {
        _client = DispatchProxy.Create<IProducer<byte[]?, byte[]>, ScriptedProducer>();
        _producer = (ScriptedProducer)_client;
    }

    public void Dispose()
    {
        _sender.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task Events_that_were_delivered_one_by_one_before_the_batch_was_canceled_are_known_as_delivered()
    {
        // The brokers refuse the request because of one event. When each is sent alone, the second one gets no answer.
        var sending = _sender.SendAsync(_client, TestEvents.Exposures(3), _end.Token);
        _producer.Report(ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);
        await Eventually.Holds(() => _producer.Outstanding == 1);
        _producer.Report(ErrorCode.NoError);
        await Eventually.Holds(() => _producer.Outstanding == 1);
        await _end.CancelAsync();

        var result = await sending;

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure], result.Statuses(3));
        Assert.IsAssignableFrom<OperationCanceledException>(result.Error);
        Assert.True(_sender.IsAbandoned);
    }

    [Fact]
    public async Task Events_that_were_rejected_one_by_one_before_the_batch_was_canceled_are_known_as_rejected()
    {
        var sending = _sender.SendAsync(_client, TestEvents.Exposures(2), _end.Token);
        _producer.Report(ErrorCode.MsgSizeTooLarge, ErrorCode.MsgSizeTooLarge);
        await Eventually.Holds(() => _producer.Outstanding == 1);
        _producer.Report(ErrorCode.MsgSizeTooLarge);
        await Eventually.Holds(() => _producer.Outstanding == 1);
        await _end.CancelAsync();

        Assert.Equal([DeliveryStatus.PermanentFailure, DeliveryStatus.TransientFailure], (await sending).Statuses(2));
    }

    [Fact]
    public async Task Events_whose_brokers_answered_before_the_batch_was_canceled_are_known_as_delivered()
    {
        var sending = _sender.SendAsync(_client, TestEvents.Exposures(3), _end.Token);
        _producer.Report(ErrorCode.NoError, ErrorCode.Local_MsgTimedOut);
        await _end.CancelAsync();

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure], (await sending).Statuses(3));
    }

    [Fact]
    public async Task A_batch_of_which_nothing_is_known_is_canceled_as_a_whole()
    {
        var sending = _sender.SendAsync(_client, TestEvents.Exposures(2), _end.Token);
        await _end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    /// <summary>A client that reports on its messages when the test says so, in the order in which it got them.</summary>
    public class ScriptedProducer : DispatchProxy
    {
        private readonly Queue<Action<DeliveryReport<byte[]?, byte[]>>> _handlers = new();

        public int Outstanding
        {
            get
            {
                lock (_handlers)
                {
                    return _handlers.Count;
                }
            }
        }

        public void Report(params ErrorCode[] errors)
        {
            foreach (var error in errors)
            {
                Action<DeliveryReport<byte[]?, byte[]>> handler;
                lock (_handlers)
                {
                    handler = _handlers.Dequeue();
                }

                handler(new DeliveryReport<byte[]?, byte[]> { Error = new Error(error) });
            }
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IProducer<,>.Produce), targetMethod!.Name);
            lock (_handlers)
            {
                _handlers.Enqueue((Action<DeliveryReport<byte[]?, byte[]>>)args![2]!);
            }

            return null;
        }
    }
}
