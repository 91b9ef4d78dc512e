using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>
/// HTML that can be sent without further encoding. It is created from interpolated strings whose values are encoded unless they are HTML themselves, so user text cannot become markup.
/// </summary>
/// <param name="value">The HTML.</param>
internal readonly struct HtmlText(string value)
{
    private readonly string? _value = value;

    /// <summary>Creates HTML from a template. Attribute values must be in quotes.</summary>
    public static HtmlText Of(HtmlInterpolation template) => new(template.ToString());

    /// <summary>Joins parts.</summary>
    public static HtmlText Join(IEnumerable<HtmlText> parts)
    {
        var joined = new StringBuilder();
        foreach (var part in parts)
        {
            joined.Append(part._value);
        }

        return new HtmlText(joined.ToString());
    }

    public override string ToString() => _value ?? string.Empty;
}

/// <summary>Encodes the values of an interpolated string for HTML.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlInterpolation
{
    /// <summary>The embedding, override and isolate characters of bidirectional text.</summary>
    private static readonly SearchValues<char> Reordering = SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");

    private readonly StringBuilder _html;

    public HtmlInterpolation(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 16));

    public void AppendLiteral(string value) => _html.Append(value);

    public void AppendFormatted(HtmlText value) => _html.Append(value.ToString());

    public void AppendFormatted(string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _html.Append(HtmlEncoder.Default.Encode(WithoutReordering(value)));
        }
    }

    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _html.ToString();

    /// <summary>Removes these characters, so that a name cannot reverse the text that follows it.</summary>
    private static string WithoutReordering(string text) => text.AsSpan().ContainsAny(Reordering)
        ? string.Create(text.Length, text, static (target, source) => source.AsSpan().ReplaceAny(target, Reordering, '\uFFFD'))
        : text;
}
