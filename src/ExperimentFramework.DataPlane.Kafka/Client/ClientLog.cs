using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Logs what the client reports, without secrets. The pipeline logs that the destination fails, once for each outage.</summary>
internal sealed partial class ClientLog(NonThrowingLogger logger, ClientFaults faults)
{
    private readonly NonThrowingLogger _logger = logger;

    /// <summary>Called by the client, on its own thread. The client repeats messages at every attempt to connect, hence the level.</summary>
    public void OnMessage(LogMessage message) => LogMessage(message.Facility, faults.Redact(message.Message));

    public void OnReplaced(Exception error) => LogReplaced(error);

    public void OnLoaded(NativeLibraryCheck library)
    {
        if (library.IsOfAnotherInstallation)
        {
            LogOtherInstallation(library.Version, library.Path!);
        }
    }

    [LoggerMessage(201, LogLevel.Debug, "Kafka client, {Facility}: {Text}", EventName = "KafkaClientMessage")]
    private partial void LogMessage(string facility, string text);

    [LoggerMessage(202, LogLevel.Warning, "The Kafka producer failed fatally and is replaced by a new one. Events that it held are retried, and may be delivered twice with the same id.", EventName = "KafkaProducerReplaced")]
    private partial void LogReplaced(Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "The Kafka client uses the native library librdkafka {Version} of another installation, '{Path}', instead of the one of the package.", EventName = "KafkaLibraryOfAnotherInstallation")]
    private partial void LogOtherInstallation(string version, string path);
}
