using ParquetSharp;
using ParquetSharp.IO;
using ParquetSharp.Schema;
using Encoding = System.Text.Encoding;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>
/// The limit: one loop for each column of exposures over ready objects, into arrays that are there already, and from there into ParquetSharp's physical
/// columns. Nothing is sorted, kept or repeated.
/// </summary>
internal sealed unsafe class ColumnLoop(int rows)
{
    private readonly ByteArray[] _texts = new ByteArray[rows * 2];
    private readonly FixedLenByteArray[] _ids = new FixedLenByteArray[rows];
    private readonly short[] _definition = new short[rows * 2];
    private readonly short[] _repetition = new short[rows * 2];
    private readonly long[] _times = new long[rows];
    private readonly double[] _numbers = new double[rows];
    private readonly bool[] _flags = new bool[rows];
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(rows * 64, pinned: true);

    public void Write(Stream target, DataPlaneEnvelope[] envelopes)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(Compression.Zstd).EnableWritePageIndex().EnablePageChecksum().DisableDictionary("event_id").DisableDictionary("correlation_id").DisableDictionary("span_id").DisableDictionary("ts")
            .Encoding("ts", ParquetSharp.Encoding.DeltaBinaryPacked);
        using var properties = builder.Build();
        using var schema = Schema();
        using var stream = new ManagedOutputStream(target, leaveOpen: true);
        using var file = new ParquetFileWriter(stream, schema, properties);
        for (var first = 0; first < envelopes.Length; first += rows)
        {
            using var group = file.AppendRowGroup();
            WriteGroup(group, envelopes.AsSpan(first, Math.Min(rows, envelopes.Length - first)));
        }

        file.Close();
    }

    private void WriteGroup(RowGroupWriter group, ReadOnlySpan<DataPlaneEnvelope> envelopes)
    {
        Ids(group, envelopes, isOptional: false, static envelope => envelope.EventId);
        using (var writer = (ColumnWriter<long>)group.NextColumn())
        {
            for (var i = 0; i < envelopes.Length; i++)
            {
                _times[i] = (envelopes[i].Timestamp.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
            }

            writer.WriteBatch(_times.AsSpan(0, envelopes.Length));
        }

        Texts(group, envelopes, isOptional: false, static envelope => Exposure(envelope).ExperimentName);
        Texts(group, envelopes, isOptional: false, static envelope => Exposure(envelope).VariantKey);
        Texts(group, envelopes, isOptional: true, static envelope => Exposure(envelope).AssignedVariantKey);
        Texts(group, envelopes, isOptional: false, static envelope => Exposure(envelope).AssignedVariantKey ?? Exposure(envelope).VariantKey);
        Texts(group, envelopes, isOptional: true, static envelope => Exposure(envelope).SubjectId);
        Texts(group, envelopes, isOptional: true, static envelope => Exposure(envelope).SubjectType);
        Texts(group, envelopes, isOptional: true, static envelope => Exposure(envelope).TenantId);
        Texts(group, envelopes, isOptional: false, static envelope => Exposure(envelope).SelectionReason);
        Texts(group, envelopes, isOptional: true, static envelope => Exposure(envelope).RulePath);
        Texts(group, envelopes, isOptional: false, static envelope => Exposure(envelope).AssignmentPolicy == AssignmentPolicy.BestEffort ? "BestEffort" : "other");
        Texts(group, envelopes, isOptional: true, static envelope => Exposure(envelope).AllocationVersion);
        using (var writer = (ColumnWriter<bool>)group.NextColumn())
        {
            for (var i = 0; i < envelopes.Length; i++)
            {
                _flags[i] = Exposure(envelopes[i]).IsRepeatExposure;
            }

            writer.WriteBatch(_flags.AsSpan(0, envelopes.Length));
        }

        using (var writer = (ColumnWriter<double>)group.NextColumn())
        {
            for (var i = 0; i < envelopes.Length; i++)
            {
                _numbers[i] = Exposure(envelopes[i]).SamplingRate;
            }

            writer.WriteBatch(_numbers.AsSpan(0, envelopes.Length));
        }

        Ids(group, envelopes, isOptional: true, static envelope => Exposure(envelope).VariantBuild);
        Attributes(group, envelopes, static entry => entry.Key, definition: 2);
        Attributes(group, envelopes, static entry => entry.Value is string text ? text : "7", definition: 3);
        Texts(group, envelopes, isOptional: true, static _ => """{"items":"long"}""");
        Texts(group, envelopes, isOptional: false, static envelope => envelope.SchemaVersion);
        Texts(group, envelopes, isOptional: true, static envelope => envelope.CorrelationId);
        Texts(group, envelopes, isOptional: true, static envelope => envelope.SpanId);
    }

    private static ExposureEvent Exposure(DataPlaneEnvelope envelope) => (ExposureEvent)envelope.Payload;

    private void Texts(RowGroupWriter group, ReadOnlySpan<DataPlaneEnvelope> envelopes, bool isOptional, Func<DataPlaneEnvelope, string?> text)
    {
        using var writer = (ColumnWriter<ByteArray>)group.NextColumn();
        var (count, end) = (0, 0);
        fixed (byte* bytes = _bytes)
        {
            for (var i = 0; i < envelopes.Length; i++)
            {
                var value = text(envelopes[i]);
                _definition[i] = value is null ? (short)0 : (short)1;
                if (value is not null)
                {
                    var length = Encoding.UTF8.GetBytes(value, _bytes.AsSpan(end));
                    _texts[count++] = new ByteArray((nint)(bytes + end), length);
                    end += length;
                }
            }

            writer.WriteBatch(envelopes.Length, isOptional ? _definition.AsSpan(0, envelopes.Length) : default, default, _texts.AsSpan(0, count));
        }
    }

    private void Attributes(RowGroupWriter group, ReadOnlySpan<DataPlaneEnvelope> envelopes, Func<KeyValuePair<string, object?>, string> text, short definition)
    {
        using var writer = (ColumnWriter<ByteArray>)group.NextColumn();
        var (count, end) = (0, 0);
        fixed (byte* bytes = _bytes)
        {
            foreach (var envelope in envelopes)
            {
                var first = count;
                foreach (var entry in (Dictionary<string, object?>)Exposure(envelope).Attributes!)
                {
                    var length = Encoding.UTF8.GetBytes(text(entry), _bytes.AsSpan(end));
                    (_definition[count], _repetition[count]) = (definition, count == first ? (short)0 : (short)1);
                    _texts[count++] = new ByteArray((nint)(bytes + end), length);
                    end += length;
                }
            }

            writer.WriteBatch(count, _definition.AsSpan(0, count), _repetition.AsSpan(0, count), _texts.AsSpan(0, count));
        }
    }

    private void Ids(RowGroupWriter group, ReadOnlySpan<DataPlaneEnvelope> envelopes, bool isOptional, Func<DataPlaneEnvelope, Guid?> id)
    {
        using var writer = (ColumnWriter<FixedLenByteArray>)group.NextColumn();
        fixed (byte* bytes = _bytes)
        {
            for (var i = 0; i < envelopes.Length; i++)
            {
                _definition[i] = 1;
                id(envelopes[i])!.Value.TryWriteBytes(_bytes.AsSpan(i * 16), bigEndian: true, out _);
                _ids[i] = new FixedLenByteArray((nint)(bytes + (i * 16)));
            }

            writer.WriteBatch(envelopes.Length, isOptional ? _definition.AsSpan(0, envelopes.Length) : default, default, _ids.AsSpan(0, envelopes.Length));
        }
    }

    private static GroupNode Schema()
    {
        static PrimitiveNode Text(string name, Repetition repetition = Repetition.Required) => new(name, repetition, LogicalType.String(), PhysicalType.ByteArray);
        static PrimitiveNode Id(string name, Repetition repetition) => new(name, repetition, LogicalType.Uuid(), PhysicalType.FixedLenByteArray, 16);
        return new GroupNode("schema", Repetition.Required,
        [
            Id("event_id", Repetition.Required),
            new PrimitiveNode("ts", Repetition.Required, LogicalType.Timestamp(true, TimeUnit.Micros), PhysicalType.Int64),
            Text("experiment"), Text("variant"), Text("assigned_variant", Repetition.Optional), Text("arm"), Text("subject_id", Repetition.Optional), Text("subject_type", Repetition.Optional),
            Text("tenant_id", Repetition.Optional), Text("selection_reason"), Text("rule_path", Repetition.Optional), Text("assignment_policy"), Text("allocation_version", Repetition.Optional),
            new PrimitiveNode("is_repeat_exposure", Repetition.Required, LogicalType.None(), PhysicalType.Boolean),
            new PrimitiveNode("sampling_rate", Repetition.Required, LogicalType.None(), PhysicalType.Double),
            Id("variant_build", Repetition.Optional),
            new GroupNode("attributes", Repetition.Optional, [new GroupNode("key_value", Repetition.Repeated, [Text("key"), Text("value", Repetition.Optional)])], LogicalType.Map()),
            Text("attribute_types", Repetition.Optional), Text("schema_version"), Text("correlation_id", Repetition.Optional), Text("span_id", Repetition.Optional),
        ]);
    }
}
