using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The name of a downloaded file. It contains the table and the time, so that files of different experiments or days have different names.</summary>
internal static class ExportName
{
    private const int MaxSlugLength = 60;

    /// <summary>Returns the value of the header <c>Content-Disposition</c>.</summary>
    /// <param name="experiment">The experiment; null for all.</param>
    /// <param name="table">The table.</param>
    /// <param name="format">The file extension.</param>
    /// <param name="time">The time of its numbers.</param>
    public static string Of(string? experiment, string table, string format, DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"{(experiment is null ? string.Empty : Slug(experiment))}{table}-{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.{format}\"");

    /// <summary>Keeps only ASCII letters and digits, because systems treat other characters in file names differently.</summary>
    private static string Slug(string experiment)
    {
        var slug = new StringBuilder();
        foreach (var character in experiment)
        {
            if (slug.Length == MaxSlugLength)
            {
                break;
            }

            if (char.IsAsciiLetterOrDigit(character) || character is '_' or '.')
            {
                slug.Append(character);
            }
            else if (slug is not { Length: 0 } && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var text = slug.ToString().Trim('-', '.');
        return text.Length == 0 ? string.Empty : text + "-";
    }
}
