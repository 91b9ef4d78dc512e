using Spectre.Console.Rendering;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A line that is cut at the width of the terminal.</summary>
/// <param name="segments">Its parts.</param>
internal sealed class CroppedLine(IReadOnlyList<Segment> segments) : Renderable
{
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => Segment.Truncate(segments, maxWidth).Append(Segment.LineBreak);
}
