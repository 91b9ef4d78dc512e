using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Logging;

/// <summary>An application's logging with the OpenTelemetry SDK and its OTLP exporter.</summary>
internal static class SdkLogging
{
    /// <summary>The same, with the processor in the provider's builder.</summary>
    public static ILoggerFactory CreateWithProvider(OtlpReceiver receiver) => LoggerFactory.Create(logging =>
    {
        logging.Services.ConfigureOpenTelemetryLoggerProvider(static provider => provider.AddDataPlaneProcessor());
        logging.AddOpenTelemetry(options => options.AddOtlpExporter(exporter =>
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = receiver.Endpoint;
            exporter.ExportProcessorType = ExportProcessorType.Simple;
            exporter.TimeoutMilliseconds = 120_000;
        }));
    });

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
