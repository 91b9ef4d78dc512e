using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Encodes the values of an interpolated string for HTML.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlInterpolation
{
    private readonly StringBuilder _html;

    public HtmlInterpolation(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 16));

    public void AppendLiteral(string value) => _html.Append(value);

    public void AppendFormatted(HtmlText value) => _html.Append(value.ToString());

    public void AppendFormatted(string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _html.Append(HtmlEncoder.Default.Encode(value));
        }
    }

    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _html.ToString();
}
