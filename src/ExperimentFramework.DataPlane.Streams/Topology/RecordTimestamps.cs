using Confluent.Kafka;
using Streamiz.Kafka.Net.Processors;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Sees each message before the engine does, and takes its timestamp as it is. Those of a message without one are negative, at which the engine's own extractor throws, again and again; this one lets the engine pass the message over.</summary>
/// <param name="monitor">What all steps share.</param>
internal sealed class RecordTimestamps(StreamsMonitor monitor) : ITimestampExtractor
{
    public long Extract(ConsumeResult<object, object> record, long partitionTime)
    {
        monitor.Positions.OnRead(record.TopicPartitionOffset);
        var timestamp = record.Message.Timestamp.UnixTimestampMs;
        if (timestamp < 0)
        {
            monitor.OnUntimed(record.TopicPartitionOffset);
        }

        return timestamp;
    }
}
