using System.Text;

namespace ExperimentFramework.DataPlane.Tool.Tests.Streams;

/// <summary>Output of a command that is looked at while it is written.</summary>
/// <param name="text">What is looked for.</param>
/// <param name="onSeen">Called once it was written.</param>
internal sealed class WatchedOutput(string text, Action onSeen) : MemoryStream
{
    // Spans are written by way of it, too.
    public override void Write(byte[] buffer, int offset, int count)
    {
        base.Write(buffer, offset, count);
        if (Encoding.UTF8.GetString(GetBuffer(), 0, (int)Length).Contains(text, StringComparison.Ordinal))
        {
            onSeen();
        }
    }
}
