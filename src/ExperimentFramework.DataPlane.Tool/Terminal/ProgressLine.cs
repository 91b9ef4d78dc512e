using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A line on the terminal that says how far a long reading has come. Written over itself, and removed at the end.</summary>
internal sealed class ProgressLine(ToolConsole console, long totalBytes) : IDisposable
{
    private const int EventsBetweenLooks = 4_096;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = console.Time.GetTimestamp();
    private long _shownAt = console.Time.GetTimestamp();
    private long _events;
    private bool _isShown;

    /// <summary>Counts an event, and shows the line again if it is time to.</summary>
    /// <param name="readBytes">The bytes that were read of all files.</param>
    public void Advance(long readBytes)
    {
        if (++_events % EventsBetweenLooks == 0 && console.ShowsProgress && console.Time.GetElapsedTime(_shownAt) >= Interval)
        {
            _shownAt = console.Time.GetTimestamp();
            Show(readBytes);
        }
    }

    public void Dispose()
    {
        if (_isShown)
        {
            console.Error.Profile.Out.Writer.Write("\r\e[K");
            console.Error.Profile.Out.Writer.Flush();
        }
    }

    private void Show(long readBytes)
    {
        _isShown = true;
        var seconds = console.Time.GetElapsedTime(_start).TotalSeconds;
        var share = totalBytes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(1, (double)readBytes / totalBytes):P0} of {NumberText.Bytes(totalBytes)}, ") : "";
        var line = string.Create(CultureInfo.InvariantCulture, $"{share}{_events:N0} events, {_events / seconds:N0} a second");
        console.Error.Profile.Out.Writer.Write("\r" + line[..Math.Min(line.Length, console.Error.Profile.Width - 1)] + "\e[K");
        console.Error.Profile.Out.Writer.Flush();
    }
}
