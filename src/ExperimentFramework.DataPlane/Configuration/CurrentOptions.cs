using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The options in force now, replaced as a whole when the configuration is reloaded: whoever reads them reads one volatile field. A reload with wrong
/// values changes nothing and is logged.
/// </summary>
internal sealed partial class CurrentOptions : IDisposable
{
    private readonly IOptionsFactory<DataPlaneOptions> _factory;
    private readonly QuietLogger _logger;
    private readonly List<IDisposable> _subscriptions = [];
    private DataPlaneOptions _value;

    public CurrentOptions(
        IOptions<DataPlaneOptions> atStart,
        IOptionsFactory<DataPlaneOptions> factory,
        IEnumerable<IOptionsChangeTokenSource<DataPlaneOptions>> sources,
        ILogger<CurrentOptions> logger)
    {
        _value = atStart.Value;
        _factory = factory;
        _logger = QuietLogger.Of(logger);
        foreach (var source in sources.Where(source => string.IsNullOrEmpty(source.Name)))
        {
            _subscriptions.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
        }
    }

    /// <summary>The options. Only the category switches and sampling rates are read again after the start.</summary>
    public DataPlaneOptions Value => Volatile.Read(ref _value);

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private void Reload()
    {
        try
        {
            Volatile.Write(ref _value, _factory.Create(Options.DefaultName));
            LogReloaded();
        }
        catch (Exception exception)
        {
            // Whoever reloads the configuration is not the one to be told.
            LogRefused(exception);
        }
    }

    [LoggerMessage(70, LogLevel.Debug, "The data plane took up reloaded options.")]
    private partial void LogReloaded();

    [LoggerMessage(71, LogLevel.Error, "The data plane's reloaded options are wrong; the ones before stay in force.")]
    private partial void LogRefused(Exception exception);
}
