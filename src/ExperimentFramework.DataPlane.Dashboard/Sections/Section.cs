using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>A section about an experiment, independent of the output format.</summary>
/// <param name="Id">The id of the section in the page.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Parts">Its content.</param>
internal sealed record Section(string Id, string Title, IReadOnlyList<SectionPart> Parts);

/// <summary>A part of a section.</summary>
internal abstract record SectionPart;

/// <summary>Terms and their values: the two columns of a table.</summary>
/// <param name="Facts">The table.</param>
internal sealed record FactsPart(Table Facts) : SectionPart;

/// <summary>A table.</summary>
/// <param name="Table">The table.</param>
/// <param name="IsExported">Whether it can be exported.</param>
internal sealed record TablePart(Table Table, bool IsExported = true) : SectionPart;

/// <summary>Charts, side by side.</summary>
/// <param name="Charts">The charts; none if nothing has happened yet.</param>
/// <param name="Range">The time range that they show.</param>
/// <param name="Empty">The text if there are none.</param>
internal sealed record ChartsPart(IReadOnlyList<LineChart> Charts, string Range, string Empty) : SectionPart;

/// <summary>A warning about what follows.</summary>
/// <param name="Title">The kind of warning.</param>
/// <param name="Text">The warning, as the end of a sentence that begins with the title.</param>
internal sealed record WarningPart(string Title, string Text) : SectionPart;

/// <summary>A sentence about the part above it.</summary>
/// <param name="Text">The sentence.</param>
internal sealed record NotePart(string Text) : SectionPart;

/// <summary>Explains why results are not shown.</summary>
/// <param name="Reason">The reason, as a sentence.</param>
/// <param name="CanAsk">Whether they can be requested.</param>
internal sealed record WithheldResultsPart(string Reason, bool CanAsk) : SectionPart
{
    /// <summary>Creates the explanation for an experiment.</summary>
    public static WithheldResultsPart Of(ExperimentStatus status) => status.HasUnreadablePlan
        ? new("The plan of the experiment was declared by a newer version and cannot be read by this one, so results are not shown. Update this application.", CanAsk: false)
        : new("The plan has its own times for looks, so results are not shown on this page.", CanAsk: true);
}
