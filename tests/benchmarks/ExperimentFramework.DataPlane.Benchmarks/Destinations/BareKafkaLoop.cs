using Confluent.Kafka;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>What an application would write to send ready messages as fast as the client takes them: one handler for all delivery reports, and a wait at the end.</summary>
internal sealed class BareKafkaLoop
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _outstanding;
    private Error? _error;

    private BareKafkaLoop(int count) => _outstanding = count;

    public static async Task ProduceAsync(IProducer<byte[]?, byte[]> producer, string topic, Message<byte[]?, byte[]>[] messages)
    {
        var loop = new BareKafkaLoop(messages.Length);
        Action<DeliveryReport<byte[]?, byte[]>> handler = loop.OnReport;
        foreach (var message in messages)
        {
            producer.Produce(topic, message, handler);
        }

        await loop._all.Task;
        if (loop._error is { } error)
        {
            throw new KafkaException(error);
        }
    }

    private void OnReport(DeliveryReport<byte[]?, byte[]> report)
    {
        if (report.Error.IsError)
        {
            _error = report.Error;
        }

        if (Interlocked.Decrement(ref _outstanding) == 0)
        {
            _all.SetResult();
        }
    }
}
