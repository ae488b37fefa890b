# Every method of Asterisk::AGI that asks for no phone, and what it returned. Each command may depend on those before.
use strict;
use warnings;
use Asterisk::AGI;

$| = 1;
my $agi   = Asterisk::AGI->new;
my %input = $agi->ReadParse();

sub told {
	my ($what, $value) = @_;
	print STDERR "$what=", (defined $value ? $value : 'undef'), "\n";
}

told($_, $input{$_}) for grep { !/^(?:channel|type|uniqueid|threadid|request)$/ } sort keys %input;

told('answer', $agi->answer());
told('status', $agi->channel_status());
told('status of nobody', $agi->channel_status('nobody'));
told('unset', $agi->get_variable('PERL_COLOUR'));
told('set', $agi->set_variable('PERL_COLOUR', 'sky blue'));
told('get', $agi->get_variable('PERL_COLOUR'));
told('full', $agi->get_full_variable('${PERL_COLOUR:4}'));

told('none', $agi->database_get('perl', 'count'));
my $count = $agi->database_get('perl', 'count') || 0;
for my $n (1 .. 3) {
	told("put $n", $agi->database_put('perl', 'count', ++$count));
	told("read $n", $agi->database_get('perl', 'count'));
}
told('del', $agi->database_del('perl', 'count'));
told('del again', $agi->database_del('perl', 'count'));
told('deltree', $agi->database_deltree('perl'));

told('verbose', $agi->verbose('hello from perl', 3));
told('noop', $agi->noop('whatever'));
told('exec', $agi->exec('NoOp', 'one two'));
told('exec nothing', $agi->exec('NoSuchApplication', ''));
told('callerid', $agi->set_callerid('42'));
told('number', $agi->get_variable('CALLERID(num)'));
told('music', $agi->set_music('on'));
told('music off', $agi->set_music('off'));
told('autohangup', $agi->set_autohangup(60));
told('no autohangup', $agi->set_autohangup(0));
told('text', $agi->send_text('hello'));
told('image', $agi->send_image('none'));
told('tdd', $agi->tdd_mode('off'));
told('char', $agi->receive_char(50));

told('digits', $agi->say_digits('12'));
told('say number', $agi->say_number(7));
told('alpha', $agi->say_alpha('a'));
told('phonetic', $agi->say_phonetic('b'));
told('play', $agi->stream_file('beep'));
told('play nothing', $agi->stream_file('no/such'));
told('control', $agi->control_stream_file('beep'));
told('option', $agi->get_option('beep', '12', 50));
told('data', $agi->get_data('beep', 50, 2));
told('wait', $agi->wait_for_digit(50));
told('record', $agi->record_file('/tmp/amiable-perl', 'gsm', '#', 50));
told('nonsense', $agi->execute('NO SUCH COMMAND'));
told('wrong', $agi->execute('GET VARIABLE'));
told('last', $agi->_lastresponse());

told('context', $agi->set_context('default'));
told('extension', $agi->set_extension('quick'));
told('priority', $agi->set_priority(1));
