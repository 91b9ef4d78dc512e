using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Logging;

/// <summary>What arrives through the SDK, whose exporter sends each record at once here, as nothing else lets a test know when.</summary>
public sealed class OpenTelemetryBackplaneContractTests : BackplaneContract, IAsyncLifetime
{
    private OtlpReceiver _receiver = null!;
    private ILoggerFactory? _loggers;

    protected override bool Deduplicates => false;

    public async ValueTask InitializeAsync() => _receiver = await OtlpReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _loggers?.Dispose();
        await _receiver.DisposeAsync();
    }

    protected override ValueTask<IDataBackplane> CreateAsync() => new(new OpenTelemetryDataBackplane(_loggers = SdkLogging.Create(_receiver)));

    protected override ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync()
    {
        _loggers!.Dispose();
        return new([.. _receiver.Records.Select(ReceivedEvents.Read)]);
    }

    protected override DataPlaneEnvelope Expected(DataPlaneEnvelope published) => ReceivedEvents.Expected(published);
}
