using Confluent.Kafka;
using ExperimentFramework.DataPlane.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Builds the clients of the engine, with the application's settings on top of the engine's.</summary>
internal sealed class StreamsClients(IDictionary<string, string> settings) : DefaultKafkaClientBuilder
{
    /// <summary>Builds clients that are not used, because the engine builds its own after the start.</summary>
    /// <exception cref="InvalidOperationException">The client refuses a setting.</exception>
    public static void Require(ExperimentMonitorStreamsOptions options, IStreamConfig config)
    {
        try
        {
            var clients = new StreamsClients(options.Settings);
            using var consumer = clients.GetConsumerBuilder(config.ToConsumerConfig()).SetLogHandler(static (_, _) => { }).Build();
            using var producer = clients.GetProducerBuilder(config.ToProducerConfig()).SetLogHandler(static (_, _) => { }).Build();
        }
        catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
        {
            var faults = new ClientFaults(string.Empty, ClientSettings.Secrets(options.Settings));
            throw SafeText.Own(new InvalidOperationException(
                $"The Kafka client refuses the settings of the experiment monitor: {faults.Redact(exception.Message)} Check ExperimentMonitorStreamsOptions.{nameof(options.Settings)}."));
        }
    }

    /// <summary>What the consumer that is built next does if its group has given its partitions away; null if it is what it does when it hands partitions over.</summary>
    public Action<IConsumer<byte[], byte[]>, List<TopicPartitionOffset>>? OnLost { get; set; }

    public override ConsumerBuilder<byte[], byte[]> GetConsumerBuilder(ConsumerConfig config)
    {
        var builder = base.GetConsumerBuilder(With(config));
        return OnLost is { } lost ? builder.SetPartitionsLostHandler(lost) : builder;
    }

    public override ProducerBuilder<byte[], byte[]> GetProducerBuilder(ProducerConfig config) => base.GetProducerBuilder(With(config));

    public override AdminClientBuilder GetAdminBuilder(AdminClientConfig config) => base.GetAdminBuilder(With(config));

    private TConfig With<TConfig>(TConfig config)
        where TConfig : Config
    {
        foreach (var (name, value) in settings)
        {
            config.Set(name.ToLowerInvariant(), value);
        }

        return config;
    }
}
