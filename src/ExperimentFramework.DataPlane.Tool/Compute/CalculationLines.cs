using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Answers lines, each with a line: the outputs, or an error that names what is wrong.</summary>
internal sealed class CalculationLines : IDisposable
{
    private const int WriteAt = 1 << 16;

    private readonly ArrayBufferWriter<byte> _answers = new();
    private readonly ArrayBufferWriter<byte> _outputs = new();
    private readonly Utf8JsonWriter _answer;
    private readonly Utf8JsonWriter _output;

    public CalculationLines()
    {
        // Lines of JSON are no web page: text stays readable.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        _answer = new Utf8JsonWriter(_answers, options);
        _output = new Utf8JsonWriter(_outputs, options);
    }

    /// <summary>Whether enough is ready to be written.</summary>
    public bool IsFull => _answers.WrittenCount >= WriteAt;

    /// <summary>Computes a line.</summary>
    public void Compute(string line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException exception)
        {
            AnswerWithError(null, null, $"The line is no JSON: {exception.Message}");
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                AnswerWithError(null, null, "The line must be an object with id, kind and inputs.");
                return;
            }

            JsonElement? id = root.TryGetProperty("id", out var given) ? given : null;
            try
            {
                var request = new CalculationInputs(root);
                var kind = request.Text("kind");
                if (!Calculations.ByKind.TryGetValue(kind, out var calculation))
                {
                    AnswerWithError(id, null, $"kind '{kind}' is not known; 'dataplane compute --list' lists the kinds.");
                    return;
                }

                Run(id, calculation, request.Object("inputs"));
            }
            catch (Exception exception) when (exception is CalculationInputException or ArgumentException or ArithmeticException or InvalidOperationException)
            {
                AnswerWithError(id, root, FirstLine(exception.Message));
            }
        }
    }

    /// <summary>Writes what is ready.</summary>
    public async Task WriteToAsync(Stream output, CancellationToken cancellationToken)
    {
        if (_answers.WrittenCount > 0)
        {
            await output.WriteAsync(_answers.WrittenMemory, cancellationToken);
            await output.FlushAsync(cancellationToken);
            _answers.ResetWrittenCount();
        }
    }

    public void Dispose()
    {
        _answer.Dispose();
        _output.Dispose();
    }

    private void Run(JsonElement? id, Calculation calculation, CalculationInputs inputs)
    {
        // Outputs are written apart, so that nothing of a line is out when its calculation fails.
        _outputs.ResetWrittenCount();
        _output.Reset();
        _output.WriteStartObject();
        calculation.Run(inputs, _output);
        _output.WriteEndObject();
        _output.Flush();
        Begin(id);
        _answer.WriteString("kind", calculation.Kind);
        _answer.WritePropertyName("outputs");
        _answer.WriteRawValue(_outputs.WrittenSpan, skipInputValidation: true);
        End();
    }

    private void AnswerWithError(JsonElement? id, JsonElement? line, string error)
    {
        Begin(id);
        if (line is { } root && root.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String)
        {
            _answer.WritePropertyName("kind");
            _answer.WriteRawValue(kind.GetRawText(), skipInputValidation: true);
        }

        _answer.WriteString("error", error);
        End();
    }

    private void Begin(JsonElement? id)
    {
        _answer.Reset();
        _answer.WriteStartObject();
        _answer.WritePropertyName("id");
        if (id is { } known)
        {
            // As it was written: text that is no valid UTF-16 could not be read and written again.
            _answer.WriteRawValue(known.GetRawText(), skipInputValidation: true);
        }
        else
        {
            _answer.WriteNullValue();
        }
    }

    private void End()
    {
        _answer.WriteEndObject();
        _answer.Flush();
        _answers.Write("\n"u8);
    }

    private static string FirstLine(string message)
    {
        // The framework adds the argument's name and value in lines and a bracket of their own; the message has named both.
        var end = message.IndexOfAny(['\r', '\n']);
        message = end < 0 ? message : message[..end];
        var bracket = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return bracket < 0 ? message : message[..bracket];
    }
}
