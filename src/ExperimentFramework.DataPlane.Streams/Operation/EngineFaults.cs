using Confluent.Kafka;
using RocksDbSharp;
using Streamiz.Kafka.Net.Errors;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Distinguishes faults at one event from those of brokers and stores, after which the engine has to start again.</summary>
internal static class EngineFaults
{
    /// <summary>Whether the next event may succeed.</summary>
    public static bool IsOfEvent(Exception exception) => exception switch
    {
        IOException or OutOfMemoryException or OperationCanceledException or KafkaException or RocksDbException => false,
        _ => exception.GetType().Namespace != typeof(StreamsException).Namespace,
    };
}
