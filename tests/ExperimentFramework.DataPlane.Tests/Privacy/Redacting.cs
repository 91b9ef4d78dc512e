using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>The redaction by itself.</summary>
internal sealed class Redacting : IDisposable
{
    /// <summary>The bytes 0 to 31.</summary>
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly EventRedaction _redaction;

    public Redacting(
        Action<PiiRedactionOptions> configure, IPseudonymKeyProvider? keys = null, IExposureRedactor? redactor = null, params string[] personal)
    {
        var options = new DataPlaneOptions();
        configure(options.PiiRedaction);
        _redaction = new EventRedaction(
            Options.Create(options), [new PersonalAttributes("exp", personal)], Replaced, Time, new Factory(Logger), keys, redactor);
    }

    public FakeTimeProvider Time { get; } = new();

    public ReplacedValues Replaced { get; } = new();

    public FakeLogger Logger { get; } = new();

    public DataPlaneEnvelope Apply(DataPlaneEnvelope envelope)
    {
        Assert.True(_redaction.TryApply(ref envelope));
        return envelope;
    }

    public bool TryApply(ref DataPlaneEnvelope envelope) => _redaction.TryApply(ref envelope);

    public T Apply<T>(T payload)
        where T : DataPlaneEvent => (T)Apply(SampleEvents.Envelope(payload) with { Metadata = null }).Payload;

    public IReadOnlyDictionary<string, object?> ApplyTo(Dictionary<string, object?> attributes) =>
        Apply(SampleEvents.Exposure with { Attributes = attributes }).Attributes!;

    public void Dispose()
    {
        _redaction.Dispose();
        Replaced.Dispose();
    }

    private sealed class Factory(FakeLogger logger) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
