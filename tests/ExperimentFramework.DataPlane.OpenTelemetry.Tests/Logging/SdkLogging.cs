using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Logging;

/// <summary>An application's logging with the OpenTelemetry SDK and its OTLP exporter.</summary>
internal static class SdkLogging
{
    public static ILoggerFactory Create(OtlpReceiver receiver, bool isGrpc = false, bool hasProcessor = true, bool isBatched = false) => LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
    {
        if (hasProcessor)
        {
            options.AddDataPlaneProcessor();
        }

        options.AddOtlpExporter(exporter =>
        {
            exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = isGrpc ? new Uri(receiver.Endpoint.GetLeftPart(UriPartial.Authority)) : receiver.Endpoint;
            exporter.ExportProcessorType = isBatched ? ExportProcessorType.Batch : ExportProcessorType.Simple;
            exporter.TimeoutMilliseconds = 120_000;
        });
    }));
}
