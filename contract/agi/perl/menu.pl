# Asks for digits until there are some that it likes, and goes on asking until the caller has gone.
use strict;
use warnings;
use Asterisk::AGI;

$| = 1;
my $agi = Asterisk::AGI->new;
$agi->ReadParse();

sub told {
	my ($what, $value) = @_;
	print STDERR "$what=", (defined $value ? $value : 'undef'), "\n";
}

$agi->answer();
my $account = '';
for my $attempt (1 .. 3) {
	$account = $agi->get_data('auth-thankyou', 4000, 4);
	told("account $attempt", $account);
	last if defined $account && $account =~ /^\d{4}$/;
	my $again = $agi->stream_file('auth-incorrect', '19');
	told('again', $again ? chr $again : $again);
	last if $again && chr $again eq '9';
}
told('said', $agi->say_digits($account));
my $key;
do {
	$key = $agi->wait_for_digit(20000);
	told('key', $key);
} while (defined $key && $key > 0);
told('after the hangup', $agi->get_variable('EXTEN'));
told('gone', $agi->channel_status());
