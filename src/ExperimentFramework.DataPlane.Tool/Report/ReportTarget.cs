using System.Text;
using ExperimentFramework.DataPlane.Dashboard;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Where a report is written, and as what.</summary>
/// <param name="Path">The full path; <c>-</c> for standard output.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Replaces">Whether a file at the path is replaced.</param>
internal sealed record ReportTarget(string Path, ExperimentReportFormat Format, bool Replaces)
{
    /// <summary>The path of standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>The names of formats.</summary>
    public static readonly string[] Formats = ["html", "markdown"];

    /// <summary>Whether the report has what may identify a person: then only the owner of the file may read it.</summary>
    public bool IsPrivate { get; init; }

    public bool IsStandardOutput => Path == StandardOutput;

    /// <summary>The name of the format.</summary>
    public string FormatName => Formats[(int)Format];

    /// <summary>Reads a target from the command line.</summary>
    /// <param name="target">The path.</param>
    /// <param name="format">The name of the format; null if the path says it.</param>
    /// <param name="replaces">Whether a file at the path may be replaced.</param>
    /// <exception cref="CommandException">There is something at the path, or its name says no format.</exception>
    public static ReportTarget Of(string target, string? format, bool replaces)
    {
        int? named = System.IO.Path.GetExtension(target).ToUpperInvariant() switch
        {
            ".HTML" or ".HTM" => (int)ExperimentReportFormat.Html,
            ".MD" or ".MARKDOWN" => (int)ExperimentReportFormat.Markdown,
            _ => null,
        };
        var chosen = format is null ? named ?? throw new CommandException($"'{target}' must end in .html or .md, or --format must say what to write.") : Array.IndexOf(Formats, format);
        if (named is { } other && other != chosen)
        {
            throw new CommandException($"'{target}' is named as {Formats[other]}, and --format says {format}: leave --format out, or name another file.");
        }

        if (target == StandardOutput)
        {
            return new ReportTarget(target, (ExperimentReportFormat)chosen, replaces);
        }

        var path = PathArgument.Full(target, "--output");
        return Directory.Exists(path) ? throw new CommandException($"'{target}' is a folder. Name a file in it.")
            : File.Exists(path) && !replaces ? throw new CommandException($"'{target}' exists already. Name a new file, or replace it with --overwrite.")
            : new ReportTarget(Resolve(path), (ExperimentReportFormat)chosen, replaces);
    }

    /// <summary>Requires that the report replaces nothing that it is made of.</summary>
    /// <param name="files">What it is made of.</param>
    /// <param name="kind">What these files are.</param>
    /// <exception cref="CommandException">It would.</exception>
    public void RequireOther(IEnumerable<string> files, string kind)
    {
        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (!IsStandardOutput && files.Any(file => Path.Equals(Resolve(System.IO.Path.GetFullPath(file)), comparison)))
        {
            throw new CommandException($"'{Path}' is one of the {kind}: the report would replace it. Name another file.");
        }
    }

    /// <summary>The file that a link leads to.</summary>
    private static string Resolve(string path) => File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;

    /// <summary>Writes a report.</summary>
    public Task WriteAsync(ExperimentReport report, ToolConsole console, CancellationToken cancellationToken) => IsStandardOutput
        ? WriteToOutputAsync(report, console, cancellationToken)
        : WholeTarget.WriteAsync(Path, Replaces, console.Time, temporary => WriteFileAsync(report, temporary, cancellationToken), cancellationToken);

    private async Task<bool> WriteFileAsync(ExperimentReport report, string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        await using (var text = Writer(file))
        {
            await report.WriteAsync(text, Format, cancellationToken);
        }

        file.Flush(flushToDisk: true);
        return true;
    }

    /// <summary>Who could not read the file that is replaced cannot read the new one either.</summary>
    private FileStream Open(string path)
    {
        if (IsPrivate)
        {
            return OwnerOnly.Open(path, FileMode.CreateNew);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows() && File.Exists(Path))
        {
            options.UnixCreateMode = File.GetUnixFileMode(Path);
        }

        return new FileStream(path, options);
    }

    private async Task WriteToOutputAsync(ExperimentReport report, ToolConsole console, CancellationToken cancellationToken)
    {
        await using var text = Writer(console.RawOutput);
        await report.WriteAsync(text, Format, cancellationToken);
    }

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
}
