using System.Globalization;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>How large messages may be. The client refuses larger ones before it compresses them, and the engine would end with each of them.</summary>
internal static class MessageSize
{
    /// <summary>The client's <c>message.max.bytes</c> if no setting says otherwise.</summary>
    private const int Default = 1_000_000;

    /// <summary>What the client counts besides the value: the key, which is an experiment's name, and the headers.</summary>
    private const int Rest = 4_096;

    /// <summary>The largest value of a message, in bytes.</summary>
    public static int Largest(ExperimentMonitorStreamsOptions options) =>
        (options.Settings.TryGetValue("message.max.bytes", out var text) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var bytes) ? bytes : Default) - Rest;

    /// <summary>What the counts of a report may take in one message: tallies and builds need room, too.</summary>
    public static int OfReport(ExperimentMonitorStreamsOptions options) => Largest(options) / 4;
}
