using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

public sealed class OtlpBackplaneContractTests : BackplaneContract, IAsyncLifetime
{
    private OtlpReceiver _receiver = null!;
    private OtlpDataBackplane? _backplane;

    /// <summary>A collector has no memory: readers count each id once.</summary>
    protected override bool Deduplicates => false;

    public async ValueTask InitializeAsync() => _receiver = await OtlpReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _backplane?.Dispose();
        await _receiver.DisposeAsync();
    }

    protected override ValueTask<IDataBackplane> CreateAsync() => new(_backplane = new OtlpDataBackplane(new OtlpDataBackplaneOptions { Endpoint = _receiver.Endpoint, Timeout = TimeSpan.FromMinutes(2) }));

    protected override ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync() => new([.. _receiver.Records.Select(ReceivedEvents.Read)]);

    protected override DataPlaneEnvelope Expected(DataPlaneEnvelope published) => ReceivedEvents.Expected(published);
}
