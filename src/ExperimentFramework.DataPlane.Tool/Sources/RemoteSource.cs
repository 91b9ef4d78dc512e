namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Events that are on a server.</summary>
internal abstract class RemoteSource
{
    /// <summary>The address as it is shown, without anything secret.</summary>
    public abstract string Name { get; }

    public abstract SourceFormat Format { get; }

    /// <summary>What to check if there are no events, as a question.</summary>
    public abstract string EmptyQuestion { get; }

    /// <summary>Reads the events that there are at the start, in the order of their times.</summary>
    /// <param name="console">The environment, which has what is secret.</param>
    /// <param name="report">Receives each part that cannot be read.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="CommandException">The server cannot be reached or refuses the client, or has nothing under the name. Thrown while reading.</exception>
    public abstract IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(ToolConsole console, Action<SourceFault> report, CancellationToken cancellationToken);

    /// <summary>Whether events can be read as they arrive.</summary>
    public virtual bool CanFollow => false;

    /// <summary>Reads the events that arrive after those that were read.</summary>
    /// <param name="console">The environment, which has what is secret.</param>
    /// <param name="report">Receives each part that cannot be read.</param>
    /// <param name="onReached">Called when the server has answered, before the first event.</param>
    /// <param name="cancellationToken">Ends following.</param>
    /// <exception cref="NotSupportedException"><see cref="CanFollow"/> is false.</exception>
    public virtual IAsyncEnumerable<DataPlaneEnvelope> FollowAsync(ToolConsole console, Action<SourceFault> report, Action onReached, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Reads what follows the question mark of an address: <c>name=value&amp;name=value</c>.</summary>
    protected static IEnumerable<KeyValuePair<string, string>> SettingsIn(string address)
    {
        var question = address.IndexOf('?', StringComparison.Ordinal);
        foreach (var setting in question < 0 ? [] : address[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            yield return KeyValuePair.Create(Uri.UnescapeDataString(equals < 0 ? setting : setting[..equals]), equals < 0 ? "" : Uri.UnescapeDataString(setting[(equals + 1)..]));
        }
    }
}
