using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Replaces values according to their redaction mode.</summary>
internal sealed partial class ValueRedactor : IDisposable
{
    private readonly IPseudonymKeyProvider? _keys;
    private readonly IExposureRedactor? _redactor;
    private readonly FaultLatch _keyFault;
    private readonly FaultLatch _redactorFault;
    private readonly NonThrowingLogger _logger;
    private readonly CallWatchdog? _keyCall;
    private readonly CallWatchdog? _redactorCall;
    private Pseudonyms? _pseudonyms;
    private Pseudonyms? _previous;

    public ValueRedactor(
        PiiRedactionOptions options,
        IReadOnlyCollection<RedactionMode> modes,
        IPseudonymKeyProvider? keys,
        IExposureRedactor? redactor,
        TimeProvider time,
        NonThrowingLogger logger)
    {
        Placeholder = options.Placeholder;
        _redactor = redactor;
        _keyFault = new FaultLatch(time);
        _redactorFault = new FaultLatch(time);
        _redactorCall = redactor is null ? null : new CallWatchdog($"{redactor.GetType().Name}.{nameof(IExposureRedactor.Redact)}", time);
        _logger = logger;
        if (modes.Contains(RedactionMode.Custom) && redactor is null)
        {
            throw Error("Custom is used, but no IExposureRedactor is registered: call services.AddSingleton<IExposureRedactor, ...>().");
        }

        if (modes.Contains(RedactionMode.Pseudonym))
        {
            _keys = keys ?? (options.PseudonymKey is not null ? new ConfiguredPseudonymKey(options) : throw Error(
                "Pseudonym is used, but there is no key: set PseudonymKey to at least 32 random bytes in Base64, or register an IPseudonymKeyProvider."));
            _keyCall = new CallWatchdog($"{_keys.GetType().Name}.{nameof(IPseudonymKeyProvider.GetKey)}", time);
            _pseudonyms = new Pseudonyms(_keys.GetKey() ?? throw Error($"{_keys.GetType().Name} returned no key: GetKey must not return null."));
        }
    }

    /// <summary>The text that replaces values.</summary>
    public string Placeholder { get; }

    /// <summary>A sentence for operators about a problem of the application's redactor or key provider; null if there is none.</summary>
    public string? DegradedReason => _redactorCall?.DegradedReason ?? _keyCall?.DegradedReason;

    /// <summary>Returns the pseudonyms of the current key, so that one event uses a single key; null if no mode uses pseudonyms.</summary>
    public Pseudonyms? CurrentPseudonyms()
    {
        var current = Volatile.Read(ref _pseudonyms);
        if (current is null)
        {
            return null;
        }

        try
        {
            var key = _keyCall!.Run(_keys!.GetKey) ?? throw new InvalidOperationException("The key provider returned no key.");
            if (!current.IsOf(key))
            {
                // Hosts rotate their keys one after the other, and a provider may alternate between two keys in the meantime.
                var next = Volatile.Read(ref _previous) is { } previous && previous.IsOf(key) ? previous : new Pseudonyms(key);
                Volatile.Write(ref _previous, current);
                Volatile.Write(ref _pseudonyms, next);
                current = next;
            }

            _keyFault.Reset();
        }
        catch (Exception exception)
        {
            if (_keyFault.Trip())
            {
                LogKeyFault(_keys!.GetType().Name, current.Key.Id, exception);
            }
        }

        return current;
    }

    /// <summary>Redacts a value. The switch has a case for every mode, so that the compiler reports a missing one.</summary>
    /// <param name="mode">The redaction mode.</param>
    /// <param name="field">The field's name, as it is passed to the application's redactor.</param>
    /// <param name="domain">The domain of pseudonyms; null for a domain of the field's own.</param>
    /// <param name="value">The text.</param>
    /// <param name="pseudonyms">The pseudonyms for this event.</param>
    /// <returns>The redacted text; null if the field is omitted.</returns>
#pragma warning disable CS8524 // Undefined enumeration values are rejected at startup.
    public string? Redact(RedactionMode mode, string field, string? domain, string value, Pseudonyms? pseudonyms) => mode switch
    {
        RedactionMode.None => value,
        RedactionMode.Pseudonym => pseudonyms!.Of(domain ?? "field/" + field.ToLowerInvariant(), value),
        RedactionMode.Omit => null,
        RedactionMode.Custom => RedactByApplication(field, value),
        RedactionMode.Placeholder => Placeholder,
    };
#pragma warning restore CS8524

    public void Dispose()
    {
        _pseudonyms?.Dispose();
        _previous?.Dispose();
    }

    private string? RedactByApplication(string field, string value)
    {
        try
        {
            var redacted = _redactorCall!.Run(() => _redactor!.Redact(field, value));
            _redactorFault.Reset();
            return redacted;
        }
        catch (Exception exception)
        {
            if (_redactorFault.Trip())
            {
                LogRedactorFault(_redactor!.GetType().Name, exception);
            }

            return Placeholder;
        }
    }

    private static OptionsValidationException Error(string message) =>
        new(nameof(DataPlaneOptions), typeof(DataPlaneOptions), [$"DataPlaneOptions.{nameof(DataPlaneOptions.PiiRedaction)}: {message}"]);

    [LoggerMessage(60, LogLevel.Error, "Redactor {Redactor} threw; its values are replaced with the placeholder until it works again.", EventName = "RedactorFailing")]
    private partial void LogRedactorFault(string redactor, Exception exception);

    [LoggerMessage(61, LogLevel.Error, "Key provider {Provider} threw; the key {KeyId} remains in use until it works again.", EventName = "KeyProviderFailing")]
    private partial void LogKeyFault(string provider, string keyId, Exception exception);
}
